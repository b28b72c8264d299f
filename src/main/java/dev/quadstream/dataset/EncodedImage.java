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
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record EncodedImage(String id, String label, String contentType, byte[] bytes) {

  public EncodedImage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(contentType, "contentType");
    Objects.requireNonNull(bytes, "bytes");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncodedImage image
        && id.equals(image.id)
        && label.equals(image.label)
        && contentType.equals(image.contentType)
        && Arrays.equals(bytes, image.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(id, label, contentType) + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "EncodedImage[%s, %s, %s, %d bytes]".formatted(id, label, contentType, bytes.length);
  }
}
