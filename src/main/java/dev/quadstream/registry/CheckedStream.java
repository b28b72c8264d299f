package dev.quadstream.registry;

import dev.quadstream.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.core.fs.Path;

/** A file as it is read, with its length and sha256 up to there. Not thread-safe. */
final class CheckedStream extends InputStream {

  private static final int BLOCK_BYTES = 1 << 16;

  private final RegistryFiles files;
  private final Path file;
  private final InputStream input;
  private final Sha256 digest = new Sha256();
  private long length;

  CheckedStream(RegistryFiles files, Path file) {
    this.files = files;
    this.file = file;
    this.input = files.open(file);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  /**
   * {@inheritDoc}
   *
   * @throws RegistryException where the file cannot be read, which is no fault of what it holds
   */
  @Override
  public int read(byte[] buffer, int offset, int count) {
    try {
      int read = input.read(buffer, offset, count);
      if (read > 0) {
        digest.update(buffer, offset, read);
        length += read;
      }
      return read;
    } catch (IOException e) {
      throw files.failure("read", file, e);
    }
  }

  void readRest() {
    byte[] block = new byte[BLOCK_BYTES];
    while (read(block, 0, block.length) >= 0) {
      // Only what it comes to is of interest.
    }
  }

  long length() {
    return length;
  }

  String sha256() {
    return digest.hex();
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException e) {
      throw files.failure("read", file, e);
    }
  }
}
