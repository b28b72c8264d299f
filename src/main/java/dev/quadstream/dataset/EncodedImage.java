package dev.quadstream.dataset;

import java.util.Arrays;
import java.util.Objects;

/**
 * A labelled image as a producer sends it.
 *
 * <p>The array is not copied: whoever holds an {@code EncodedImage} must not write to it.
 *
 * @param id unique within its source
 * @param label the class
 * @param contentType the media type of the bytes, such as {@code image/png}
 * @param bytes the image file
 * @param sighting what else the dataset says of it
 * @param unread why its file could not be read, so that there are no bytes; null where it was
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record EncodedImage(
    String id, String label, String contentType, byte[] bytes, Sighting sighting, String unread) {

  public EncodedImage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(contentType, "contentType");
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(sighting, "sighting");
  }

  /** An image that was read. */
  public EncodedImage(
      String id, String label, String contentType, byte[] bytes, Sighting sighting) {
    this(id, label, contentType, bytes, sighting, null);
  }

  /** An image of which nothing else is known. */
  public EncodedImage(String id, String label, String contentType, byte[] bytes) {
    this(id, label, contentType, bytes, Sighting.UNKNOWN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncodedImage image
        && id.equals(image.id)
        && label.equals(image.label)
        && contentType.equals(image.contentType)
        && Arrays.equals(bytes, image.bytes)
        && sighting.equals(image.sighting)
        && Objects.equals(unread, image.unread);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(id, label, contentType, sighting, unread) + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "EncodedImage[%s, %s, %s, %d bytes]".formatted(id, label, contentType, bytes.length);
  }
}
