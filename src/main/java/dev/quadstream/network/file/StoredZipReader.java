package dev.quadstream.network.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Reads an archive that {@link StoredZip} made, entry after entry. Each is checked as the next one
 * is asked for. Not thread-safe.
 */
final class StoredZipReader {

  private final String name;
  private final long length;
  private final ZipInputStream zip;
  private ZipEntry entry;
  private long needed = StoredZip.END_RECORD;

  /**
   * An archive before its first entry.
   *
   * @param name of the archive, for messages
   * @param length of the archive in bytes
   */
  StoredZipReader(String name, InputStream archive, long length) {
    this.name = name;
    this.length = length;
    this.zip = new ZipInputStream(new BufferedInputStream(archive));
  }

  /**
   * The next entry's name, or null after the last.
   *
   * @throws ModelFormatException if it is no zip archive, has another length than its entries need,
   *     or the entry is compressed or would be larger than the archive
   */
  String next() throws IOException {
    boolean isFirst = entry == null;
    entry = zip.getNextEntry();
    if (entry == null) {
      requireLength(isFirst);
      return null;
    }
    if (entry.getMethod() != ZipEntry.STORED) {
      throw new ModelFormatException(
          "The entry %s of %s is compressed; model files hold their entries uncompressed."
              .formatted(entry.getName(), name));
    }
    if (entry.getSize() < 0 || entry.getSize() > length) {
      throw new IOException(
          "the entry %s would have %d bytes".formatted(entry.getName(), entry.getSize()));
    }
    needed += StoredZip.length(entry.getName(), entry.getSize());
    return entry.getName();
  }

  /** Goes to the next entry, which must be this one. */
  void next(String expected) throws IOException {
    String found = next();
    if (!expected.equals(found)) {
      throw new ModelFormatException(
          "%s holds %s where %s is expected."
              .formatted(name, found == null ? "nothing more" : found, expected));
    }
  }

  /** Returns after the last entry. */
  void requireEnd() throws IOException {
    String more = next();
    if (more != null) {
      throw new ModelFormatException("%s holds %s where it must end.".formatted(name, more));
    }
  }

  /** Bytes of the current entry. */
  long size() {
    return entry.getSize();
  }

  /** What is left to read of the current entry. */
  InputStream content() {
    return zip;
  }

  /** All of the current entry, which must be a small one. */
  byte[] bytes() throws IOException {
    return zip.readAllBytes();
  }

  private void requireLength(boolean isEmpty) throws ModelFormatException {
    if (isEmpty) {
      throw new ModelFormatException("%s (%d bytes) is no zip archive.".formatted(name, length));
    }
    if (length != needed) {
      throw new ModelFormatException(
          "%s has %d bytes where its entries need %d: it is truncated or holds something else too."
              .formatted(name, length, needed));
    }
  }

  ModelFormatException damaged(Exception cause) {
    return new ModelFormatException(
        "%s (%d bytes) is truncated or damaged: %s.".formatted(name, length, cause.getMessage()),
        cause);
  }
}
