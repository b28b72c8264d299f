package dev.quadstream.network;

import java.util.Objects;

/**
 * Which frozen network makes features of the images, and how it is fed: what gives the parameters
 * behind it their meaning.
 *
 * @param sha256 of its file, 64 lower-case hexadecimal digits
 * @param features their number for each image, 1 to 16384
 * @param feeding how pixels go in and which output comes out, as one line of text
 */
public record BackboneSpec(String sha256, int features, String feeding) {

  private static final int MAX_FEATURES = 16_384;
  private static final int SHOWN_DIGITS = 12;

  public BackboneSpec {
    Objects.requireNonNull(feeding, "feeding");
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "A SHA-256 has 64 lower-case hexadecimal digits, not '" + sha256 + "'.");
    }
    if (features < 1 || features > MAX_FEATURES) {
      throw new IllegalArgumentException(
          "A backbone gives 1 to %d features, not %d: name an output that is a pooled vector, not a map."
              .formatted(MAX_FEATURES, features));
    }
  }

  @Override
  public String toString() {
    return "%s… (%d features, %s)".formatted(sha256.substring(0, SHOWN_DIGITS), features, feeding);
  }
}
