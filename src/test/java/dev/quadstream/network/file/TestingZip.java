package dev.quadstream.network.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of an archive, so that tests can change one and pack them again. */
final class TestingZip {

  private TestingZip() {}

  static Map<String, byte[]> unpack(byte[] archive) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    StoredZipReader reader =
        new StoredZipReader("test", new ByteArrayInputStream(archive), archive.length);
    try {
      for (String name = reader.next(); name != null; name = reader.next()) {
        entries.put(name, reader.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }
}
