package dev.quadstream.network.file;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Zip archives without compression and with a fixed time: the same content gives the same bytes
 * whatever the machine, its time zone or its zlib, and no entry can be larger than the archive.
 * (Parameters do not compress anyway.)
 */
final class StoredZip {

  // Not the first day of 1980: for that, Java adds a field with a longer form of the time.
  private static final LocalDateTime FIXED_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  /** Bytes of a local header and a central directory record, without the name in each. */
  private static final int ENTRY_OVERHEAD = 30 + 46;

  private static final int END_RECORD = 22;

  private StoredZip() {}

  static byte[] pack(Map<String, byte[]> entries) {
    // Of the size that it will have, and handed out as it is: the file of a large model is most of
    // what a merge needs of the heap.
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length(entries)));
    try (ZipOutputStream zip = new ZipOutputStream(into(bytes))) {
      for (Map.Entry<String, byte[]> content : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setTimeLocal(FIXED_TIME);
        entry.setSize(content.getValue().length);
        entry.setCrc(crc(content.getValue()));
        zip.putNextEntry(entry);
        zip.write(content.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed.", e);
    }
    return bytes.array();
  }

  private static OutputStream into(ByteBuffer bytes) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        bytes.put((byte) value);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) {
        bytes.put(buffer, offset, length);
      }
    };
  }

  /**
   * The entries of an archive that {@link #pack} made, in order.
   *
   * @param name of the archive, for messages
   * @throws ModelFormatException if it is no zip archive, is damaged or truncated, holds compressed
   *     or repeated entries, or more bytes than its entries need
   */
  static Map<String, byte[]> unpack(String name, byte[] archive) throws ModelFormatException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      ZipEntry entry;
      while ((entry = zip.getNextEntry()) != null) {
        if (entry.getMethod() != ZipEntry.STORED) {
          throw new ModelFormatException(
              "The entry %s of %s is compressed; model files hold their entries uncompressed."
                  .formatted(entry.getName(), name));
        }
        byte[] content = content(zip, entry, archive.length);
        if (entries.put(entry.getName(), content) != null) {
          throw new ModelFormatException(
              "The entry %s occurs twice in %s.".formatted(entry.getName(), name));
        }
      }
    } catch (ModelFormatException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelFormatException(
          "%s (%d bytes) is truncated or damaged: %s."
              .formatted(name, archive.length, e.getMessage()),
          e);
    }
    if (entries.isEmpty()) {
      throw new ModelFormatException(
          "%s (%d bytes) is no zip archive.".formatted(name, archive.length));
    }
    long expectedLength = length(entries);
    if (archive.length != expectedLength) {
      throw new ModelFormatException(
          "%s has %d bytes where its entries need %d: it is truncated or holds something else too."
              .formatted(name, archive.length, expectedLength));
    }
    return entries;
  }

  /** Read at once: as it comes, by buffers that are put together, it would need twice its size. */
  private static byte[] content(ZipInputStream zip, ZipEntry entry, int most) throws IOException {
    if (entry.getSize() < 0 || entry.getSize() > most) {
      throw new IOException(
          "the entry %s would have %d bytes".formatted(entry.getName(), entry.getSize()));
    }
    byte[] content = new byte[(int) entry.getSize()];
    new DataInputStream(zip).readFully(content);
    return content;
  }

  private static long length(Map<String, byte[]> entries) {
    long length = END_RECORD;
    for (Map.Entry<String, byte[]> content : entries.entrySet()) {
      int nameLength = content.getKey().getBytes(StandardCharsets.UTF_8).length;
      length += ENTRY_OVERHEAD + 2L * nameLength + content.getValue().length;
    }
    return length;
  }

  private static long crc(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
