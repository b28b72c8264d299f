package dev.quadstream.network.file;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays of floats in the bytes that {@link Nd4j#write(INDArray, DataOutputStream)} writes, whole
 * and not value by value: for 60 million parameters that takes more than a second, and the trainer
 * waits.
 */
final class ArrayBytes {

  private ArrayBytes() {}

  /** The bytes of a network's parameters: a vector that is contiguous and no view. */
  static byte[] write(INDArray parameters) {
    long count = parameters.length();
    byte[] header = header(count);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(header.length + Float.BYTES * count));
    bytes.put(header);
    FloatPointer values = new FloatPointer((FloatPointer) parameters.data().addressPointer());
    bytes.asFloatBuffer().put(values.limit(count).asBuffer());
    return bytes.array();
  }

  /** What comes before so many values: the shape, how they are kept, their number and type. */
  static byte[] header(long count) {
    DataBuffer shape =
        Nd4j.getShapeInfoProvider()
            .createShapeInformation(
                new long[] {count}, new long[] {1}, 1, 'c', DataType.FLOAT, false)
            .getFirst();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      shape.write(data);
      data.writeUTF(DataBuffer.AllocationMode.MIXED_DATA_TYPES.name());
      data.writeLong(count);
      data.writeUTF(DataType.FLOAT.name());
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed.", e);
    }
    return bytes.toByteArray();
  }
}
