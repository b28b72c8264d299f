package dev.quadstream.kafka;

import dev.quadstream.json.PrintableText;
import java.io.IOException;

/** Reads images whose records say where they are. */
@FunctionalInterface
public interface ReferencedContent {

  /** Where all images are in their records. */
  ReferencedContent NOWHERE =
      image -> {
        throw new IOException(
            "The image '%s' is not in its record.".formatted(PrintableText.of(image.id())));
      };

  /**
   * The file's bytes; waits for where it lies.
   *
   * @throws IOException if it is not to be had, with why
   */
  byte[] of(ImageReferenced image) throws IOException;
}
