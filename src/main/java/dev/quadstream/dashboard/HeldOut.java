package dev.quadstream.dashboard;

import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.List;

/** Recall@1, leave one out, on images that are never streamed. */
final class HeldOut {

  private final List<PixelImage> images;
  private final List<String> labels;

  /** Of images of the network's input shape; none for no such figure. */
  HeldOut(List<LabeledImage> images) {
    this.images = images.stream().map(LabeledImage::image).toList();
    this.labels = images.stream().map(LabeledImage::label).toList();
  }

  boolean isEmpty() {
    return images.isEmpty();
  }

  /** By raw pixels, which a network has to beat. */
  double ofRawPixels() {
    return recall(RawPixels.of(images));
  }

  double of(QuadrupletNetwork network) {
    return recall(network.embed(images));
  }

  private double recall(float[][] vectors) {
    return Retrieval.byDistance().scoreLeaveOneOut(LabeledVectors.of(vectors, labels)).recallAt(1);
  }
}
