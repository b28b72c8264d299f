package dev.quadstream.training;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.Orientation;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MeanPairs;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.AveragedParameters;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.training.WindowRandom.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Trains the network of one replica, a window at a time: warm-up, means and margins of Eq. 4, loss
 * of Eq. 3, recovery from collapse (Chen et al., CVPR 2017; docs/algorithm.md).
 *
 * <p>Every window raises the version, also one that trains nothing: mining waits for versions by
 * their number. A window whose numbers go wrong is refused, with its cause in the report and the
 * parameters untouched; where they have gone wrong themselves, the last good ones come back.
 *
 * <p>What is published, mined with and embedded with is the running average of the parameters. It
 * is in the network except during {@link #train}. Not thread-safe; close it.
 */
public final class QuadrupletTrainer implements AutoCloseable {

  private static final int MAX_PAIRS_FOR_MEANS = 4_096;

  /** So many thresholds apart, an embedding is good to fall back on: not itself near collapse. */
  private static final double SAFELY_APART = 2;

  /** A young average is over the last tenth of the updates. */
  private static final double FORGETTING = 9;

  private static final PairMetric EUCLIDEAN = new EuclideanMetric();

  private final TrainingOptions options;
  private final QuadrupletNetwork network;

  /** Holds the average during a step, and what the next step goes on with between two. */
  private final AveragedParameters average;

  private final TrainingStep step;
  private final QuadrupletChoice choice;

  private long version;
  private DistanceMeans means = DistanceMeans.UNDEFINED;
  private int warmUpWindowsLeft;

  /** Whether the average was of many windows before the first update. */
  private boolean resumed;

  private NetworkState fallback;
  private int refusedInARow;
  private long refused;
  private long collapses;
  private long rollbacks;

  /** A trainer at version 0. The network is the trainer's own from here on. */
  public QuadrupletTrainer(TrainingOptions options, QuadrupletNetwork network) {
    this.options = options;
    this.network = network;
    this.average = new AveragedParameters(network);
    this.step =
        new TrainingStep(options.objective().loss(), options.objective().pairSoftmaxWeight());
    this.choice = new QuadrupletChoice(options);
    this.warmUpWindowsLeft = options.schedule().warmUpWindows();
    this.fallback = network.parametersAlone();
  }

  /** Continues from a snapshot. */
  public void restore(TrainerState state) {
    network.restore(state.network());
    average.restore(state.average());
    average.exchange();
    version = state.version();
    means = state.means();
    warmUpWindowsLeft = state.warmUpWindowsLeft();
    fallback = state.fallback();
    refusedInARow = state.refusedInARow();
    refused = state.refused();
    collapses = state.collapses();
    resumed = state.resumed();
  }

  /**
   * Goes on from a model, before the first window: with its parameters and means and, where these
   * are known, without a warm-up; with moments of its own, so that learning rates rise anew.
   */
  void resumeFrom(MergedModel model) {
    network.setParameters(model.parameters().average());
    average.restore(model.parameters().iterate());
    means = model.means();
    warmUpWindowsLeft = Double.isNaN(means.negative()) ? warmUpWindowsLeft : 0;
    fallback = network.parametersAlone();
    resumed = true;
  }

  /** A copy of everything that {@link #restore} needs. */
  public TrainerState state() {
    return state(NetworkState.EMPTY, NetworkState.EMPTY);
  }

  /**
   * The same, written over an earlier copy, which must be {@link #state()}'s or this method's.
   *
   * @param reuse a copy that nobody reads any more
   */
  public TrainerState state(TrainerState reuse) {
    return state(reuse.network(), reuse.average());
  }

  private TrainerState state(NetworkState reuseForTrained, NetworkState reuseForPublished) {
    NetworkState published = network.state(reuseForTrained.withParameters(reuseForPublished));
    NetworkState trained = average.state(reuseForTrained);
    return new TrainerState(
        version,
        published.withParameters(trained),
        published.parametersAlone(),
        means,
        warmUpWindowsLeft,
        fallback,
        refusedInARow,
        refused,
        collapses,
        resumed);
  }

  /** Windows processed. */
  public long version() {
    return version;
  }

  /** The margins that a model published now goes with. */
  public Margins margins() {
    return options.objective().margins().marginsFor(warmUpWindowsLeft > 0, means);
  }

  /** Smoothed μ_p and μ_n. */
  DistanceMeans means() {
    return means;
  }

  /** Whether the next window trains on random quadruplets with the fixed margins. */
  boolean isWarmingUp() {
    return warmUpWindowsLeft > 0;
  }

  /** How often this object has gone back to the last good parameters. */
  long rollbacks() {
    return rollbacks;
  }

  /** A copy of the parameters. */
  TrainedParameters parameters() {
    return new TrainedParameters(average.state(), network.parametersAlone());
  }

  /** Moves parameters and means as far as it is from one to another. */
  void moveBy(
      TrainedParameters from,
      TrainedParameters to,
      DistanceMeans meansFrom,
      DistanceMeans meansTo) {
    if (!from.equals(to)) {
      TrainedParameters moved = parameters().overwrittenBy(from, to);
      network.setParameters(moved.average());
      average.restore(moved.iterate());
    }
    means = means.movedBy(meansFrom, meansTo);
  }

  /** The network with the averaged parameters, for publishing it and for embedding with it. */
  public QuadrupletNetwork network() {
    return network;
  }

  /**
   * Trains on one window and reports it.
   *
   * @throws TrainingDivergedException after too many refused windows in a row
   */
  public WindowReport train(TrainingBatch batch) {
    StageTimes times = new StageTimes();
    ReportBuilder report = new ReportBuilder(batch, warmUpWindowsLeft > 0);
    String reason =
        batch.mined().quadruplets().isEmpty()
            ? whyNothingWasMined(batch)
            : stepFromTrainedParameters(batch, report, times);
    version++;
    return report.build(version, margins(), means, refused, collapses, reason, times.nanos());
  }

  private String stepFromTrainedParameters(
      TrainingBatch batch, ReportBuilder report, StageTimes times) {
    average.exchange();
    try {
      return step(batch, report, times);
    } catch (TrainingDivergedException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // The same window would fail the same way in a job that is started again.
      return refuse(batch, report, "Training on it failed: %s.".formatted(e));
    } finally {
      average.exchange();
    }
  }

  /** Trains on the batch; returns the reason where it could not. */
  private String step(TrainingBatch batch, ReportBuilder report, StageTimes times) {
    double[][] embeddings = network.forward(inputs(batch));
    times.add("forward");
    int[] classes = batch.mined().classes();
    // Told from the vectors and not from g: a learned g of equal vectors is any constant.
    double apart =
        means(batch, EUCLIDEAN, new UnitEmbeddings(UnitEmbeddings.toFloats(embeddings)), classes)
            .negative();
    if (apart < options.safeguards().collapseThreshold()) {
      double evidence = CollapseEvidence.meanDistance(batch.mined().images(), embeddings, classes);
      if (Double.isNaN(evidence)) {
        return refuseAlike(report);
      }
      if (evidence < options.safeguards().collapseThreshold()) {
        return recoverFromCollapse(batch, report, evidence);
      }
    }
    if (!areFinite(embeddings) || !network.parametersAreFinite()) {
      return recoverFromParametersGoneWrong(batch, report);
    }
    keepAsFallback(apart);
    times.add("keep");
    boolean warmingUp = warmUpWindowsLeft > 0;
    List<Quadruplet> quadruplets = choice.of(batch, warmingUp, network, margins());
    DistanceMeans observed =
        options.objective().meanPairs() == MeanPairs.QUADRUPLETS
            ? DistanceMeans.overQuadruplets(network.metric(), network.features(), quadruplets)
            : means(batch, network.metric(), network.features(), classes);
    DistanceMeans smoothed = means.smoothedWith(observed, options.objective().smoothing());
    Margins margins = options.objective().margins().marginsFor(warmingUp, smoothed);
    times.add("means");

    TrainingStep.Result loss = step.run(network, quadruplets, margins, times);
    double gradientNorm = network.gradientNorm();
    report.trained(quadruplets, margins, loss, gradientNorm);
    if (!Double.isFinite(loss.total()) || !Double.isFinite(gradientNorm)) {
      return refuse(
          batch,
          report,
          "The loss is %s and the gradient norm %s: not finite numbers."
              .formatted(loss.total(), gradientNorm));
    }
    if (gradientNorm > options.safeguards().gradientNormLimit()) {
      return refuse(
          batch,
          report,
          "The gradient norm %.3g is above the limit %.3g."
              .formatted(gradientNorm, options.safeguards().gradientNormLimit()));
    }
    network.update(shareOfLearningRate());
    if (!network.parametersAreFinite()) {
      return recoverFromParametersGoneWrong(batch, report);
    }
    average.approach(shareOfAverage());
    means = smoothed;
    warmUpWindowsLeft = Math.max(0, warmUpWindowsLeft - 1);
    refusedInARow = 0;
    times.add("update");
    return null;
  }

  /**
   * Keeps the parameters that this window has just found spread out, before it changes them: what
   * an update leads to, only the next window tells.
   */
  private void keepAsFallback(double apart) {
    if (version % options.safeguards().fallbackEvery() == 0
        && apart >= SAFELY_APART * options.safeguards().collapseThreshold()) {
      fallback = network.parametersAlone();
    }
  }

  /** Nothing has gone wrong, so this does not count towards {@link #refusedInARow}. */
  private static String refuseAlike(ReportBuilder report) {
    report.nameImages();
    return "The images of different classes are all alike, so there is nothing to tell them apart by.";
  }

  private String recoverFromParametersGoneWrong(TrainingBatch batch, ReportBuilder report) {
    rollBack();
    return refuse(
        batch,
        report,
        "Parameters or embeddings of the network are no longer finite numbers. The last good parameters are back, with a new warm-up.");
  }

  private void rollBack() {
    rollbacks++;
    resumed = false;
    network.restart(fallback);
    average.approach(1);
    means = DistanceMeans.UNDEFINED;
    warmUpWindowsLeft = options.schedule().warmUpWindows();
  }

  private String recoverFromCollapse(TrainingBatch batch, ReportBuilder report, double apart) {
    rollBack();
    collapses++;
    return refuse(
        batch,
        report,
        "The embedding collapsed: images of different classes are %.3g apart in the mean, below %.3g. The last good parameters are back, with a new warm-up."
            .formatted(apart, options.safeguards().collapseThreshold()));
  }

  private static boolean areFinite(double[][] rows) {
    return Stream.of(rows).flatMapToDouble(DoubleStream::of).allMatch(Double::isFinite);
  }

  /**
   * Adam's first steps move every parameter by the whole learning rate, in directions that the
   * images of the batch agree on: taken in full they carry all embeddings to one point.
   */
  private double shareOfLearningRate() {
    return Math.min(1, (network.iteration() + 1.0) / (options.schedule().rampUpdates() + 1.0));
  }

  /**
   * What the newest parameters weigh in the average: 1/n once it has n windows behind it, and
   * before that more, or the first parameters would stay in it for long.
   */
  private double shareOfAverage() {
    double updates = network.iteration();
    double ofYoung = resumed ? 0 : FORGETTING / (updates + FORGETTING);
    return Math.max(1.0 / options.schedule().averageWindows(), ofYoung);
  }

  private String refuse(TrainingBatch batch, ReportBuilder report, String reason) {
    refused++;
    refusedInARow++;
    if (refusedInARow >= options.safeguards().refusedInARow()) {
      throw new TrainingDivergedException(refusedInARow, batch.id().number(), reason);
    }
    report.nameImages();
    return reason;
  }

  private DistanceMeans means(
      TrainingBatch batch, PairMetric metric, ImageFeatures images, int[] classes) {
    return DistanceMeans.overPairs(
        metric, images, classes, MAX_PAIRS_FOR_MEANS, random(batch, Purpose.MEAN_PAIRS));
  }

  private float[][] inputs(TrainingBatch batch) {
    SplittableRandom random = random(batch, Purpose.AUGMENTATION);
    ImageShape shape = network.spec().input();
    // One for all: the classes of a batch stay as far apart as mining found them, and each class is
    // as good as several, of which the network cannot learn every picture by heart.
    Orientation orientation =
        Orientation.draw(
            options.augmentation().orientations(), shape, random(batch, Purpose.ORIENTATION));
    float[][] inputs = new float[batch.mined().images().size()][];
    SplittableRandom[] randoms = new SplittableRandom[inputs.length];
    Arrays.setAll(randoms, row -> random.split());
    NativeThreads.forEach(
        inputs.length,
        row ->
            // Nothing is moved or turned in features.
            inputs[row] =
                batch.mined().images().get(row).image() instanceof PixelImage pixels
                    ? orientation.of(
                        options.augmentation().perImage().apply(pixels, randoms[row]), shape)
                    : batch.mined().images().get(row).image().values());
    return inputs;
  }

  private SplittableRandom random(TrainingBatch batch, Purpose purpose) {
    return WindowRandom.of(options.seed(), batch.id().number(), purpose);
  }

  private String whyNothingWasMined(TrainingBatch batch) {
    int[] sizes = new int[batch.mined().images().size()];
    int classes = 0;
    int largest = 0;
    for (int label : batch.mined().classes()) {
      classes = Math.max(classes, label + 1);
      largest = Math.max(largest, ++sizes[label]);
    }
    return "No quadruplet could be formed: a class needs two images and %s classes must be at hand; window and memory offer %d images of %d classes, at most %d of one class."
        .formatted(
            options.objective().loss().form() == LossForm.TRIPLET ? "two" : "three",
            sizes.length,
            classes,
            largest);
  }

  /** Closes the network, too. */
  @Override
  public void close() {
    average.close();
    network.close();
  }
}
