package dev.quadstream.kafka;

import java.util.Optional;

/**
 * What a JSON record of the images topic says, of the right types but not checked further.
 *
 * @param image nothing if the image is to be removed
 */
record ImageEnvelope(Optional<String> id, Optional<String> label, Optional<EncodedContent> image) {

  static ImageEnvelope removal(Optional<String> id) {
    return new ImageEnvelope(id, Optional.empty(), Optional.empty());
  }
}
