package dev.quadstream.evaluation;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.List;

/** Recall@1, leave one out, on images that are never streamed. */
public final class HeldOutRecall {

  private final List<PixelImage> images;
  private final List<String> labels;

  /** Of images of the network's input shape; none for no such figure. */
  public HeldOutRecall(List<LabeledImage> images) {
    this.images = images.stream().map(LabeledImage::image).toList();
    this.labels = images.stream().map(LabeledImage::label).toList();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return images.isEmpty();
  }

  /** The number of images. */
  public int size() {
    return images.size();
  }

  /** Whether a network that reads the shape can be measured on them; any can on none. */
  public boolean fits(ImageShape shape) {
    return images.stream().allMatch(image -> image.shape().equals(shape));
  }

  /** By raw pixels, which a network has to beat. */
  public double ofRawPixels() {
    return recall(RawPixels.of(images));
  }

  /** By the embeddings of the network as it is now. */
  public double of(QuadrupletNetwork network) {
    return recall(network.embed(images));
  }

  private double recall(float[][] vectors) {
    return Retrieval.byDistance().scoreLeaveOneOut(LabeledVectors.of(vectors, labels)).recallAt(1);
  }
}
