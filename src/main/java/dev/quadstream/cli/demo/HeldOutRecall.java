package dev.quadstream.cli.demo;

import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconRenderer;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.List;

/** Recall@1, leave one out, on the drawings of concepts that are never streamed. */
final class HeldOutRecall {

  private final List<PixelImage> images;
  private final List<String> labels;

  HeldOutRecall(IconCatalog catalog, List<String> heldOutConcepts) {
    List<LabeledImage> drawings =
        new IconDataset(
                catalog, new IconRenderer(catalog, IconRenderer.DEFAULT_SIDE), heldOutConcepts)
            .drawings();
    this.images = drawings.stream().map(LabeledImage::image).toList();
    this.labels = drawings.stream().map(LabeledImage::label).toList();
  }

  int drawings() {
    return images.size();
  }

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
