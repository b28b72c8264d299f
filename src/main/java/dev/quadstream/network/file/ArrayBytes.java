package dev.quadstream.network.file;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays of floats in the bytes that {@link Nd4j#write(INDArray, DataOutputStream)} writes, whole
 * and not value by value: for 60 million parameters that takes more than a second, and the trainer
 * waits.
 */
final class ArrayBytes {

  private ArrayBytes() {}

  /** The bytes of an array that is contiguous and no view. */
  static byte[] write(INDArray array) {
    byte[] header = header(array);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(header.length + Float.BYTES * array.length()));
    bytes.put(header);
    FloatPointer values = new FloatPointer((FloatPointer) array.data().addressPointer());
    bytes.asFloatBuffer().put(values.limit(array.length()).asBuffer());
    return bytes.array();
  }

  /** What comes before the values: the shape, how they are kept, their number and type. */
  static byte[] header(INDArray array) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      array.shapeInfoDataBuffer().write(data);
      data.writeUTF(array.data().allocationMode().name());
      data.writeLong(array.length());
      data.writeUTF(array.dataType().name());
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed.", e);
    }
    return bytes.toByteArray();
  }
}
