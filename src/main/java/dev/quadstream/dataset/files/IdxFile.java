package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * One IDX file, gzipped or not, open for reading its items in turn.
 *
 * <p>The format (MNIST database, LeCun et al.): two zero bytes, a type byte, the number of
 * dimensions, each dimension as a big-endian 32-bit number, then the values. Not thread-safe.
 */
final class IdxFile implements AutoCloseable {

  private static final int UNSIGNED_BYTES = 0x08;
  private static final int INTEGERS = 0x0C;

  /** QMNIST's table of labels: integers in rows, of which the first is the class. */
  private static final int TABLE = (INTEGERS << 8) | 2;

  private static final int HEADER_START = Integer.BYTES;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_FIRST = 0x1F;
  private static final int GZIP_SECOND = 0x8B;

  private final Path path;
  private final DataInputStream input;
  private final int[] dimensions;

  private IdxFile(Path path, DataInputStream input, int[] dimensions) {
    this.path = path;
    this.input = input;
    this.dimensions = dimensions;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws DatasetException if it is missing, is no IDX file of bytes, or has another number of
   *     dimensions
   */
  static IdxFile open(Path path, int expectedDimensions) throws IOException {
    return open(path, expectedDimensions, UNSIGNED_BYTES);
  }

  private static IdxFile open(Path path, int expectedDimensions, int type) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new DatasetException("The IDX file %s does not exist. Check the path.".formatted(path));
    }
    DataInputStream input = new DataInputStream(uncompressed(path));
    try {
      return new IdxFile(path, input, header(path, input, expectedDimensions, type));
    } catch (EOFException error) {
      input.close();
      throw new DatasetException(
          "%s ends within its IDX header: it is truncated. Fetch it again.".formatted(path), error);
    } catch (IOException | RuntimeException error) {
      input.close();
      throw error;
    }
  }

  /**
   * Opens a file of labels: bytes, or a table of integers whose first column they are.
   *
   * @throws DatasetException as {@link #open}
   */
  static IdxFile openLabels(Path path) throws IOException {
    return magic(path) == TABLE ? open(path, 2, INTEGERS) : open(path, 1);
  }

  /**
   * All labels, by a caller who has compared their {@link #count}: a damaged header may say any.
   *
   * @throws DatasetException if the file is damaged
   */
  int[] labels() {
    int[] labels = new int[count()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = dimensions.length == 1 ? next(1)[0] & 0xFF : firstOfRow();
    }
    requireEnd();
    return labels;
  }

  private int firstOfRow() {
    try {
      int first = input.readInt();
      input.skipNBytes((dimension(1) - 1L) * Integer.BYTES);
      return first;
    } catch (IOException error) {
      throw endsEarly(error);
    }
  }

  /** Whether a file starts as one of images does. */
  static boolean holdsImages(Path path) {
    try {
      return magic(path) == ((UNSIGNED_BYTES << 8) | 3);
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static int magic(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return 0;
    }
    try (InputStream input = uncompressed(path)) {
      byte[] start = input.readNBytes(HEADER_START);
      return start.length < HEADER_START ? 0 : ByteBuffer.wrap(start).getInt();
    }
  }

  /** The number of items: images or labels. */
  int count() {
    return dimensions[0];
  }

  /** The size of one dimension; 0 is the count. */
  int dimension(int index) {
    return dimensions[index];
  }

  /** The next {@code length} values. */
  byte[] next(int length) {
    byte[] values = new byte[length];
    try {
      input.readFully(values);
      return values;
    } catch (IOException error) {
      throw endsEarly(error);
    }
  }

  private DatasetException endsEarly(IOException error) {
    return new DatasetException(
        "%s is truncated or damaged: its header announces %s values and they end early (%s). Fetch it again."
            .formatted(path, Arrays.toString(dimensions), error),
        error);
  }

  /**
   * Checks that nothing follows the last value.
   *
   * @throws DatasetException if something does
   */
  void requireEnd() {
    try {
      if (input.read() >= 0) {
        throw new DatasetException(
            "%s is longer than its header announces (%s values): it is damaged. Fetch it again."
                .formatted(path, Arrays.toString(dimensions)));
      }
    } catch (IOException error) {
      throw new DatasetException(
          "%s is truncated or damaged at its end (%s). Fetch it again.".formatted(path, error),
          error);
    }
  }

  @Override
  public void close() throws IOException {
    input.close();
  }

  private static int[] header(Path path, DataInputStream input, int expected, int type)
      throws IOException {
    int magic = input.readInt();
    int expectedMagic = (type << 8) | expected;
    if (magic != expectedMagic) {
      throw new DatasetException(
          "%s is no IDX file of %s: it starts with 0x%08x instead of 0x%08x. Check that images and labels are not swapped."
              .formatted(path, expected == 3 ? "images" : "labels", magic, expectedMagic));
    }
    int[] dimensions = new int[expected];
    for (int i = 0; i < expected; i++) {
      dimensions[i] = input.readInt();
      if (dimensions[i] < 1) {
        throw new DatasetException(
            "%s announces a dimension of %d: it is empty or damaged. Fetch it again."
                .formatted(path, dimensions[i]));
      }
    }
    return dimensions;
  }

  private static InputStream uncompressed(Path path) throws IOException {
    BufferedInputStream file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
    file.mark(2);
    boolean gzipped = file.read() == GZIP_FIRST && file.read() == GZIP_SECOND;
    file.reset();
    if (!gzipped) {
      return file;
    }
    return new BufferedInputStream(new GZIPInputStream(file, BUFFER_BYTES), BUFFER_BYTES);
  }
}
