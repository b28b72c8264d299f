package dev.quadstream.experiment;

import dev.quadstream.digest.Sha256;
import dev.quadstream.image.LabeledImage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What all rows of one seed share.
 *
 * @param stream images to train on, in the order in which they come
 * @param heldOut images of classes that the stream never shows
 */
record Trial(List<LabeledImage> stream, HeldOutImages heldOut) {

  Trial {
    stream = List.copyOf(stream);
  }

  /** Of the classes and contents of all images, by which another trial of the same name is told. */
  String digest() {
    Sha256 digest = new Sha256();
    Set<String> ids = new HashSet<>();
    stream.stream()
        // Passes repeat what the first one shows, in an order that the seed decides.
        .filter(image -> ids.add(image.id()))
        .forEach(image -> HeldOutImages.digest(image.label(), image.image(), digest));
    heldOut.digest(digest);
    return digest.hex();
  }
}
