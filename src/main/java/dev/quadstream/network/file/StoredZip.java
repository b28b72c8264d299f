package dev.quadstream.network.file;

import com.fasterxml.jackson.databind.util.ByteBufferBackedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
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

  static final int END_RECORD = 22;

  private StoredZip() {}

  static byte[] pack(Map<String, byte[]> entries) {
    // Of the size that it will have, and handed out as it is: the file of a large model is most of
    // what a merge needs of the heap.
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length(entries)));
    try (ZipOutputStream zip = new ZipOutputStream(new ByteBufferBackedOutputStream(bytes))) {
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

  private static long length(Map<String, byte[]> entries) {
    return END_RECORD
        + entries.entrySet().stream()
            .mapToLong(entry -> length(entry.getKey(), entry.getValue().length))
            .sum();
  }

  /** Bytes that an entry takes of the archive. */
  static long length(String name, long bytes) {
    return ENTRY_OVERHEAD + 2L * name.getBytes(StandardCharsets.UTF_8).length + bytes;
  }

  private static long crc(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
