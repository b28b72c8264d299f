package dev.quadstream.network;

import dev.quadstream.image.ImageShape;
import java.util.Locale;

/** The trunk that turns an image into an embedding, by the size of image it reads. */
public enum TrunkKind {
  /**
   * 28 to 32 pixels a side: three 3×3 convolutions (32, 64, 64), each pooled, and a dense layer of
   * 128.
   */
  SMALL(28, 32),
  /**
   * 64 to 128 pixels a side: four 3×3 convolutions (32, 64, 128, 128), each pooled, and a dense
   * layer of 256.
   */
  MEDIUM(64, 128),
  /**
   * 227 pixels a side: the layer sizes of AlexNet, which the paper trains: five convolutions (96,
   * 256, 384, 384, 256) and two dense layers of 4096. Without local response normalisation, groups
   * and dropout.
   */
  ALEXNET(227, 227),
  /**
   * 28 to 128 pixels a side: two 3×3 convolutions (32, 64), each pooled, then residual ones of 64
   * channels (two, pooled; from 64 pixels a side on one more before them, pooled), and no dense
   * layer before the embedding. A residual convolution x ↦ max(0, x + w∗x + b) has the addition in
   * its weights, which start near the identity.
   */
  RESIDUAL(28, 128),
  /** Features of a frozen backbone, of images of any size that it reads: one dense layer. */
  ADAPTER(1, Integer.MAX_VALUE);

  private final int smallestSide;
  private final int largestSide;

  TrunkKind(int smallestSide, int largestSide) {
    this.smallestSide = smallestSide;
    this.largestSide = largestSide;
  }

  /** The value of the option: the name in lower case. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether images of this shape can be read: height and width each within the trunk's range. */
  public boolean accepts(ImageShape input) {
    return accepts(input.height()) && accepts(input.width());
  }

  /**
   * Checks that images of this shape can be read.
   *
   * @throws IllegalArgumentException naming the sizes that this trunk reads, and the trunk that
   *     reads the size at hand where there is one
   */
  public void requireSupports(ImageShape input) {
    if (accepts(input)) {
      return;
    }
    throw new IllegalArgumentException(
        "The %s trunk reads images of %s pixels a side, not %d×%d (height×width). %s"
            .formatted(optionName(), sides(), input.height(), input.width(), remedy(input)));
  }

  private boolean accepts(int side) {
    return side >= smallestSide && side <= largestSide;
  }

  private String sides() {
    return smallestSide == largestSide
        ? Integer.toString(smallestSide)
        : smallestSide + " to " + largestSide;
  }

  private String remedy(ImageShape input) {
    for (TrunkKind kind : values()) {
      if (kind != ADAPTER && kind.accepts(input)) {
        return "Choose the " + kind.optionName() + " trunk, or another input size.";
      }
    }
    return "Resize the images to that size, or choose another trunk:"
        + " small reads 28 to 32, residual 28 to 128, medium 64 to 128, alexnet 227.";
  }
}
