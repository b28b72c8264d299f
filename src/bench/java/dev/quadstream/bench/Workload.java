package dev.quadstream.bench;

import dev.quadstream.dataset.Icon;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconPose;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletMiner;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What both sides work on: a network and batches of icons, four of a class, with one quadruplet
 * anchored on each image as the job's default does. The same arguments give the same workload.
 *
 * @param spec the network
 * @param batches taken in turn, since a single one would soon be learned by heart
 */
record Workload(NetworkSpec spec, List<Batch> batches) {

  /**
   * α₁ and α₂, constants here. With these, hinges open and close during the check, which those of
   * the warm-up never do.
   */
  static final Margins MARGINS = new Margins(0.3, 0.15);

  static final double PAIR_SOFTMAX_WEIGHT = 1;

  private static final int BATCHES = 8;
  private static final int IMAGES_OF_A_CLASS = 4;
  private static final int EMBEDDING_SIZE = 64;

  /**
   * A hundredth of the job's. In full the first steps of Adam throw the network about so much that
   * rounding alone soon separates two equal runs; and what is timed for minutes is to stay a
   * network whose hinges open and close.
   */
  private static final double LEARNING_RATE = 2e-6;

  private static final long SEED = 1;

  /**
   * One batch.
   *
   * @param images distinct
   * @param quadruplets rows of {@code images}, as many as there are
   */
  record Batch(List<LabeledImage> images, List<Quadruplet> quadruplets) {

    /** The images as the trainer hands them on: values 0 to 1 [N][C·H·W]. */
    float[][] values() {
      return pixels().stream().map(PixelImage::values).toArray(float[][]::new);
    }

    List<PixelImage> pixels() {
      return images.stream().map(LabeledImage::pixels).toList();
    }
  }

  /** The network of that trunk. */
  static NetworkSpec specOf(TrunkKind trunk) {
    ImageShape shape =
        switch (trunk) {
          case SMALL -> new ImageShape(1, 32, 32);
          case MEDIUM -> new ImageShape(1, 64, 64);
          case ALEXNET, RESIDUAL, ADAPTER ->
              throw new IllegalArgumentException(trunk.optionName() + " is not compared.");
        };
    return new NetworkSpec(
        trunk,
        shape,
        null,
        EMBEDDING_SIZE,
        MetricKind.LEARNED,
        UpdaterKind.ADAM,
        LEARNING_RATE,
        SEED);
  }

  static Workload of(TrunkKind trunk, int images) {
    NetworkSpec spec = specOf(trunk);
    SplittableRandom random = new SplittableRandom(SEED);
    int side = spec.input().width();
    List<Batch> batches = new ArrayList<>();
    for (int batch = 0; batch < BATCHES; batch++) {
      List<LabeledImage> drawn = draw(side, images, random);
      batches.add(new Batch(drawn, quadruplets(drawn.size(), random)));
    }
    return new Workload(spec, List.copyOf(batches));
  }

  private static List<LabeledImage> draw(int side, int images, SplittableRandom random) {
    List<String> concepts =
        IconCatalog.shared().concepts().stream()
            .map(concept -> new Drawn(random.nextLong(), concept))
            .sorted(Comparator.comparingLong(Drawn::lot))
            .map(Drawn::concept)
            .toList();
    List<LabeledImage> drawn = new ArrayList<>(images);
    while (drawn.size() < images) {
      String concept = concepts.get(drawn.size() / IMAGES_OF_A_CLASS);
      Icon icon = IconCatalog.shared().icons(concept).get(drawn.size() % IMAGES_OF_A_CLASS);
      PixelImage drawing = IconCatalog.shared().render(icon, IconPose.canonical(), side);
      drawn.add(new LabeledImage(icon.id(), concept, 0, drawing));
    }
    return List.copyOf(drawn);
  }

  private record Drawn(long lot, String concept) {}

  private static List<Quadruplet> quadruplets(int images, SplittableRandom random) {
    int[] classes = new int[images];
    for (int row = 0; row < images; row++) {
      classes[row] = row / IMAGES_OF_A_CLASS;
    }
    return new QuadrupletMiner(MiningPolicy.RANDOM, LossForm.QUADRUPLET)
        .mine(new float[images][images], classes, MARGINS, images, random);
  }
}
