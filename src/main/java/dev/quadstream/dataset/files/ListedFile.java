package dev.quadstream.dataset.files;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * One image of a dataset.
 *
 * @param path the file
 * @param id unique within the dataset
 * @param label the class
 * @param part where the dataset has parts, else null
 * @param contentType media type of the file's content
 * @param bytes the file's size when it was looked at
 * @param sighting what else is known of it
 */
record ListedFile(
    Path path,
    String id,
    String label,
    Part part,
    String contentType,
    long bytes,
    Sighting sighting) {

  private static final String ARCHIVE = "jar";

  ListedFile withId(String other) {
    return new ListedFile(path, other, label, part, contentType, bytes, sighting);
  }

  /**
   * The image; one whose file went or is damaged is unread, and no reason to end before the others.
   */
  EncodedImage read() {
    try (InputStream input = Files.newInputStream(path)) {
      // No more than was there when it was looked at: it may grow.
      byte[] content = input.readNBytes(Math.toIntExact(bytes));
      requireWhole(content);
      return new EncodedImage(id, label, contentType, content, sighting);
    } catch (IOException error) {
      String why =
          "Cannot read the file %s (%s). Check that it is still there, may be read, and is whole."
              .formatted(path, error);
      return new EncodedImage(id, label, contentType, new byte[0], sighting, why);
    }
  }

  /** Java's file system of an archive compares no checksum. */
  private void requireWhole(byte[] content) throws IOException {
    if (content.length < bytes) {
      throw new IOException("it has %d of %d bytes left".formatted(content.length, bytes));
    }
    if (path.getFileSystem().provider().getScheme().equals(ARCHIVE)) {
      CRC32 checksum = new CRC32();
      checksum.update(content);
      if (!Files.getAttribute(path, "zip:crc").equals(checksum.getValue())) {
        throw new IOException("its checksum in the archive is another");
      }
    }
  }
}
