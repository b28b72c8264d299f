package dev.quadstream.cli;

import dev.quadstream.dataset.Sighting;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;

/**
 * A decoded image to measure with.
 *
 * @param id in its dataset
 * @param image its pixels at the network's size
 * @param content what the network reads of it: the pixels, or a backbone's features
 * @param label the class
 * @param sighting camera, and whether it is a distractor
 * @param digest of its file's bytes
 */
record EvaluationImage(
    String id,
    PixelImage image,
    ImageContent content,
    String label,
    Sighting sighting,
    String digest) {

  EvaluationImage seenAs(ImageContent seen) {
    return new EvaluationImage(id, image, seen, label, sighting, digest);
  }
}
