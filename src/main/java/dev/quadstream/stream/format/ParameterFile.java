package dev.quadstream.stream.format;

import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.ParameterBlock;
import dev.quadstream.training.ParameterReader;
import dev.quadstream.training.ParameterStore;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a replica brings to the merge as a file: each chain's name and number of values, then in
 * blocks of {@link ParameterBlock#VALUES} the values at the end of the round, θ before its average,
 * and where there is a start those at the start likewise; big-endian. So all that a merge needs of
 * a block lies together, and the file is read once from the first byte to the last.
 */
public final class ParameterFile {

  private static final int MAGIC = 0x51534331;

  private ParameterFile() {}

  /** Writes parameters without a copy of them. */
  public static void write(HeldParameters parameters, OutputStream output) throws IOException {
    DataOutputStream header = new DataOutputStream(output);
    Map<String, Integer> lengths = parameters.lengths();
    header.writeInt(MAGIC);
    header.writeBoolean(parameters.hasStart());
    header.writeInt(lengths.size());
    for (Map.Entry<String, Integer> chain : lengths.entrySet()) {
      header.writeUTF(chain.getKey());
      header.writeInt(chain.getValue());
    }
    header.flush();
    ParameterBlock block = new ParameterBlock();
    ByteBuffer buffer = newBuffer();
    try (ParameterReader reader = parameters.open(ParameterStore.NONE)) {
      for (int length : lengths.values()) {
        for (int start = 0; start < length; start += ParameterBlock.VALUES) {
          int count = Math.min(ParameterBlock.VALUES, length - start);
          reader.read(block, count);
          for (float[] values : arrays(block, parameters.hasStart())) {
            buffer.clear().asFloatBuffer().put(values, 0, count);
            output.write(buffer.array(), 0, count * Float.BYTES);
          }
        }
      }
    }
  }

  /**
   * Reads a file as it comes.
   *
   * @param input is closed with the reader
   * @param bytes of the file, beyond which nothing is believed
   * @throws UncheckedIOException where it cannot be read, or is none; the reader throws it, too
   */
  public static ParameterReader read(InputStream input, long bytes) {
    try {
      DataInputStream data = new DataInputStream(input);
      if (data.readInt() != MAGIC) {
        throw new IOException("it holds no parameters of a replica");
      }
      boolean hasStart = data.readBoolean();
      Map<String, Integer> lengths = new LinkedHashMap<>();
      long left = bytes;
      for (int chains = data.readInt(); chains > 0; chains--) {
        String name = data.readUTF();
        int length = data.readInt();
        left -= (hasStart ? 4L : 2L) * Float.BYTES * length;
        if (length < 0 || left < 0) {
          throw new IOException("%d values of '%s' are more than it holds".formatted(length, name));
        }
        lengths.put(name, length);
      }
      return new Reader(data, lengths, hasStart);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer newBuffer() {
    return ByteBuffer.allocate(Float.BYTES * ParameterBlock.VALUES);
  }

  private static float[][] arrays(ParameterBlock block, boolean withStart) {
    return withStart
        ? new float[][] {
          block.iterate(), block.average(), block.startIterate(), block.startAverage()
        }
        : new float[][] {block.iterate(), block.average()};
  }

  private record Reader(
      DataInputStream input, Map<String, Integer> lengths, boolean hasStart, ByteBuffer buffer)
      implements ParameterReader {

    Reader(DataInputStream input, Map<String, Integer> lengths, boolean hasStart) {
      this(input, lengths, hasStart, newBuffer());
    }

    @Override
    public void read(ParameterBlock into, int count) {
      try {
        for (float[] values : arrays(into, hasStart)) {
          input.readFully(buffer.array(), 0, count * Float.BYTES);
          buffer.clear().asFloatBuffer().get(values, 0, count);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        input.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
