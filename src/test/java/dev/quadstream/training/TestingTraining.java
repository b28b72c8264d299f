package dev.quadstream.training;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.Orientation;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MeanPairs;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletLoss;
import dev.quadstream.metric.QuadrupletMiner;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Small networks, options and batches for tests. */
final class TestingTraining {

  static final int EMBEDDING = 16;
  static final MarginRule ADAPTIVE = new MarginRule(true, new Margins(1, 0.5), 1, 0.5, 0.05);
  static final MarginRule FIXED = new MarginRule(false, new Margins(1, 0.5), 1, 0.5, 0.05);

  private TestingTraining() {}

  static QuadrupletNetwork network(MetricKind metric) {
    return network(metric, UpdaterKind.ADAM, 1e-3, 7);
  }

  static QuadrupletNetwork network(
      MetricKind metric, UpdaterKind updater, double learningRate, long seed) {
    return QuadrupletNetwork.create(
        new NetworkSpec(
            TrunkKind.SMALL,
            TestingGlyphs.SHAPE,
            null,
            EMBEDDING,
            metric,
            updater,
            learningRate,
            seed));
  }

  /** Adaptive margins, and averaged and augmented as in the default recipe. */
  static TrainingOptions options(int warmUpWindows) {
    return options(
        ADAPTIVE,
        warmUpWindows,
        20,
        new ImageAugmentation(0.06, 0.15, 0.15),
        Orientation.Choice.ALL,
        1e3);
  }

  /** Adaptive margins, and images and parameters as they are. */
  static TrainingOptions plainOptions(int warmUpWindows, double gradientNormLimit) {
    return options(
        ADAPTIVE,
        warmUpWindows,
        1,
        new ImageAugmentation(0, 0, 0),
        Orientation.Choice.UPRIGHT,
        gradientNormLimit);
  }

  static TrainingOptions options(
      MarginRule margins,
      int warmUpWindows,
      int averageWindows,
      ImageAugmentation augmentation,
      Orientation.Choice orientations,
      double gradientNormLimit) {
    return new TrainingOptions(
        new TrainingOptions.Objective(
            new QuadrupletLoss(LossForm.QUADRUPLET), margins, MeanPairs.BATCH, 0.9, 1),
        null,
        new TrainingOptions.Schedule(warmUpWindows, 20, averageWindows),
        new TrainingOptions.Augmentation(augmentation, orientations),
        new TrainingOptions.Safeguards(gradientNormLimit, 1e-4, 3, 2),
        11);
  }

  /** Two images of each of four classes, other ones in each window, and a quadruplet to each. */
  static TrainingBatch batch(long window) {
    List<LabeledImage> images = TestingGlyphs.glyphs(4, (int) window * 2, (int) window * 2 + 2);
    int[] classes = TrainingBatch.classesOf(images);
    return batch(
        window,
        images,
        new QuadrupletMiner(MiningPolicy.RANDOM, LossForm.QUADRUPLET)
            .mine(
                new float[classes.length][classes.length],
                classes,
                new Margins(1, 0.5),
                images.size(),
                new SplittableRandom(window)));
  }

  static TrainingBatch batch(long window, List<LabeledImage> images, List<Quadruplet> quadruplets) {
    return new TrainingBatch(
        new WindowId("run-1", window, 1),
        false,
        0,
        new TrainingBatch.Mined(images, images.size(), quadruplets, images.size()),
        TrainingBatch.Changes.NONE,
        new TrainingBatch.Tests(new Prequential(0, 0, images.size()), null),
        new WindowReport.Memory(0, 0),
        Map.of(),
        List.of());
  }

  /** A window of a run with one replica, in which every version is published. */
  static ImageWindow window(long number, List<ImageEvent> events) {
    return new ImageWindow(
        new WindowId("run-1", number, 1),
        PublishingSchedule.every(1),
        events,
        RemoteChanges.NOTHING,
        0,
        List.of());
  }

  /** μ_p and μ_n of images. */
  static DistanceMeans observed(QuadrupletTrainer trainer, List<LabeledImage> images) {
    List<PixelImage> pixels = images.stream().map(LabeledImage::pixels).toList();
    QuadrupletNetwork network = trainer.network();
    return DistanceMeans.overPairs(
        network.metric(),
        network.features(pixels, network.embed(pixels)),
        TrainingBatch.classesOf(images),
        10_000,
        new SplittableRandom(1));
  }

  static List<ImageEvent> arrivals(List<LabeledImage> images) {
    return images.stream().map(ImageEvent::arrived).toList();
  }

  /** The state with another trunk, whose parameters and updater state these are. */
  static TrainerState withTrunk(TrainerState state, float[] parameters, float[] updater) {
    List<NetworkState.Chain> chains = new ArrayList<>(state.network().chains());
    chains.set(0, new NetworkState.Chain("trunk", parameters, updater));
    return new TrainerState(
        state.version(),
        new NetworkState(chains, state.network().iteration()),
        state.average(),
        state.means(),
        state.warmUpWindowsLeft(),
        state.fallback(),
        state.refusedInARow(),
        state.refused(),
        state.collapses(),
        state.resumed());
  }
}
