package dev.quadstream.evaluation;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Recall@1, leave one out, on images that are never streamed. */
public final class HeldOutRecall {

  private final List<LabeledImage> heldOut;
  private final List<PixelImage> images;
  private final List<String> labels;

  /** Of images of the network's input shape; none for no such figure. */
  public HeldOutRecall(List<LabeledImage> images) {
    this.heldOut = List.copyOf(images);
    this.images = images.stream().map(LabeledImage::pixels).toList();
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
    return nearest(RawPixels.of(images)).recallAt1();
  }

  /** By the embeddings of the network as it is now. */
  public double of(QuadrupletNetwork network) {
    return nearest(network.embed(images)).recallAt1();
  }

  /** The same with an example of each outcome: those of middling distance, as most are. */
  public HeldOutResult examine(QuadrupletNetwork network) {
    NearestOfEach nearest = nearest(network.embed(images));
    return new HeldOutResult(
        nearest.recallAt1(),
        example(nearest, true).orElse(null),
        example(nearest, false).orElse(null));
  }

  private Optional<HeldOutExample> example(NearestOfEach nearest, boolean hit) {
    List<Integer> rows =
        IntStream.range(0, images.size())
            .filter(row -> nearest.ofOwnClass(row) >= 0)
            .filter(row -> nearest.isHit(row) == hit)
            .boxed()
            .sorted(Comparator.comparing(nearest::distance))
            .toList();
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(example(nearest, rows.get(rows.size() / 2)));
  }

  private HeldOutExample example(NearestOfEach nearest, int row) {
    LabeledImage found = heldOut.get(nearest.ofAll(row));
    return new HeldOutExample(
        heldOut.get(row).id(),
        labels.get(row),
        found.id(),
        found.label(),
        heldOut.get(nearest.ofOwnClass(row)).id());
  }

  private NearestOfEach nearest(float[][] vectors) {
    return new NearestOfEach(vectors, labels);
  }
}
