package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletLoss;
import dev.quadstream.metric.TestingQuadruplets;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The whole loss and its gradient, in double precision, from pixels to parameters. */
class TrainingStepTest {

  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 1e-5;
  private static final double SOFTMAX_WEIGHT = 0.7;
  private static final int EMBEDDING = 8;

  /** Classes 0, 0, 0, 1, 1, 2, 3. */
  private static final int[] CLASSES = {0, 0, 0, 1, 1, 2, 3};

  // Images 0 and 3 play every role; (0, 3) is a pair in either direction; one quadruplet is there
  // twice. Not in the order of the rows, and of no role twice the same order.
  private static final List<Quadruplet> QUADRUPLETS =
      List.of(
          new Quadruplet(3, 4, 0, 5),
          new Quadruplet(0, 2, 3, 6),
          new Quadruplet(1, 0, 5, 3),
          new Quadruplet(4, 3, 6, 0),
          new Quadruplet(2, 1, 4, 5),
          new Quadruplet(0, 2, 3, 6));

  /** The parameters of each layer of the small trunk and the head, in the flattened order. */
  private static List<Integer> layerSizes(MetricKind metric) {
    List<Integer> trunk =
        List.of(
            9 * 32 + 32,
            9 * 32 * 64 + 64,
            9 * 64 * 64 + 64,
            3 * 3 * 64 * 128 + 128,
            128 * EMBEDDING + EMBEDDING);
    List<Integer> sizes = new ArrayList<>(trunk);
    if (metric == MetricKind.LEARNED) {
      sizes.addAll(List.of(2 * EMBEDDING * 64 + 64, 64 * 2 + 2));
    }
    return sizes;
  }

  @ParameterizedTest
  @CsvSource({
    "EUCLIDEAN, TRIPLET",
    "EUCLIDEAN, QUADRUPLET",
    "LEARNED, TRIPLET",
    "LEARNED, QUADRUPLET"
  })
  void theGradientOfTheWholeLossAgreesWithFiniteDifferencesInEveryLayer(
      MetricKind metric, LossForm form) {
    assertThat(QUADRUPLETS).allMatch(quadruplet -> TestingQuadruplets.isValid(quadruplet, CLASSES));
    try (QuadrupletNetwork network = network(metric)) {
      Margins margins = marginsThatGateSome(network);
      TrainingStep step = new TrainingStep(new QuadrupletLoss(form), SOFTMAX_WEIGHT);
      float[][] images = images();
      TrainingStep.Result result = run(step, network, images, margins);
      double[] analytic = TestingNetworks.gradients(network);
      double loss = result.total();
      assertThat(loss).isEqualTo(naive(network, images, form, margins).total(), within(1e-12));
      assertThat(result.quadruplet().first().active()).isBetween(1, QUADRUPLETS.size() - 1);
      if (form == LossForm.QUADRUPLET) {
        assertThat(result.quadruplet().second().active()).isBetween(1, QUADRUPLETS.size() - 1);
      }

      double[] parameters = TestingNetworks.parameters(network);
      assertThat(layerSizes(metric).stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(parameters.length);
      int checked = 0;
      int kinks = 0;
      int from = 0;
      for (int size : layerSizes(metric)) {
        double largest = 0;
        Set<Integer> sample = sample(analytic, from, from + size);
        for (int index : sample) {
          largest = Math.max(largest, Math.abs(analytic[index]));
        }
        assertThat(largest).as("largest gradient of the layer at %d", from).isGreaterThan(1e-4);
        for (int index : sample) {
          double above = naiveAt(network, images, form, margins, parameters, index, STEP);
          double below = naiveAt(network, images, form, margins, parameters, index, -STEP);
          double numeric = (above - below) / (2 * STEP);
          double scale = Math.max(Math.abs(numeric), 1e-2 * largest);
          // Decided from the loss alone, so that a wrong gradient cannot hide behind it.
          double oneSided = Math.abs((above - loss) - (loss - below)) / STEP;
          checked++;
          if (oneSided > 2 * TOLERANCE * scale + 2e-8) {
            kinks++;
            continue;
          }
          assertThat(Math.abs(numeric - analytic[index]) / scale)
              .as(
                  "parameter %d: finite difference %s, gradient %s",
                  index, numeric, analytic[index])
              .isLessThan(TOLERANCE);
        }
        from += size;
      }
      assertThat(kinks).as("kinks among %d parameters", checked).isLessThanOrEqualTo(checked / 10);
    }
  }

  /** Eq. 5 of the paper differs from the detached gradient by 1/M; through α it is another one. */
  @ParameterizedTest
  // The early head has a loss of its own, which is not in this one.
  @EnumSource(value = MetricKind.class, mode = Mode.EXCLUDE, names = "EARLY")
  void noGradientFlowsThroughTheAdaptiveMargins(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric)) {
      float[][] images = images();
      trainUntilNegativesAreFarther(network, images);
      double[] before = TestingNetworks.parameters(network);
      double[] g = distances(network, images);
      Margins adaptive = new Margins(gap(g), 0.5 * gap(g));
      assertThat(adaptive.second()).isPositive();
      TrainingStep step = new TrainingStep(new QuadrupletLoss(LossForm.QUADRUPLET), 0);
      run(step, network, images, adaptive);
      double[] gradient = TestingNetworks.gradients(network);
      double[] direction = direction(gradient);

      double constant = 0;
      double through = 0;
      for (int sign : new int[] {1, -1}) {
        TestingNetworks.setParameters(network, moved(before, direction, sign * 1e-5));
        double[] movedDistances = distances(network, images);
        Margins follows = new Margins(gap(movedDistances), 0.5 * gap(movedDistances));
        constant += sign * hinges(movedDistances, adaptive);
        through += sign * hinges(movedDistances, follows);
      }
      double norm = norm(gradient);
      assertThat(constant / 2e-5 / norm).isEqualTo(1, within(1e-4));
      assertThat(Math.abs(through / 2e-5 / norm - 1)).isGreaterThan(0.03);
    }
  }

  @ParameterizedTest
  @EnumSource(LossForm.class)
  void theSecondTermPairsTheSecondNegativeWithTheNegativeAndTheTripletHasNone(LossForm form) {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      // One quadruplet, every hinge active: what moves is what the terms name.
      List<Quadruplet> one = List.of(new Quadruplet(3, 4, 0, 5));
      double[][] embeddings = network.forward(images());
      TrainingStep.Result result =
          new TrainingStep(new QuadrupletLoss(form), 0).run(network, one, new Margins(1, 0.5));
      double positive = square(embeddings, 3, 4);
      double negative = square(embeddings, 3, 0);
      double second = square(embeddings, 5, 0);
      double withAnchor = square(embeddings, 5, 3);

      assertThat(Math.abs(second - withAnchor)).isGreaterThan(1e-3);
      assertThat(result.quadruplet().first().loss())
          .isEqualTo(positive - negative + 1, within(1e-12));
      assertThat(result.quadruplet().second().loss())
          .isEqualTo(form == LossForm.TRIPLET ? 0 : positive - second + 0.5, within(1e-12));
      assertThat(result.pairSoftmax()).isZero();
    }
  }

  /** A role mixed up with another, or one batch order with another, changes some of these. */
  @ParameterizedTest
  @CsvSource({
    "EUCLIDEAN, TRIPLET",
    "EUCLIDEAN, QUADRUPLET",
    "LEARNED, TRIPLET",
    "LEARNED, QUADRUPLET"
  })
  void theDistancesOfEachQuadrupletAreThoseOfALoopOverItsPairs(MetricKind metric, LossForm form) {
    try (QuadrupletNetwork network = network(metric)) {
      for (Margins margins :
          List.of(marginsThatGateSome(network), new Margins(1, 0.5), new Margins(0, 0))) {
        float[][] images = images();
        TrainingStep.Result result =
            run(
                new TrainingStep(new QuadrupletLoss(form), SOFTMAX_WEIGHT),
                network,
                images,
                margins);
        Naive naive = naive(network, images, form, margins);

        assertThat(result.quadruplet().first().loss()).isEqualTo(naive.first, within(1e-12));
        assertThat(result.quadruplet().second().loss()).isEqualTo(naive.second, within(1e-12));
        assertThat(result.pairSoftmax()).isEqualTo(naive.softmax, within(1e-12));
        assertThat(result.total()).isEqualTo(naive.total(), within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void theOrderOfTheQuadrupletsChangesNothing(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric)) {
      Margins margins = marginsThatGateSome(network);
      TrainingStep step = new TrainingStep(new QuadrupletLoss(LossForm.QUADRUPLET), SOFTMAX_WEIGHT);
      network.forward(images());
      step.run(network, QUADRUPLETS, margins);
      double[] gradient = TestingNetworks.gradients(network);
      List<Quadruplet> reversed = new ArrayList<>(QUADRUPLETS);
      Collections.reverse(reversed);
      network.forward(images());
      step.run(network, reversed, margins);

      double[] difference = TestingNetworks.gradients(network);
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= gradient[i];
      }
      assertThat(norm(difference)).isLessThan(1e-12 * norm(gradient));
    }
  }

  /** An image in several roles gets the sum of their gradients, as copies of it would apart. */
  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void anImageEmbeddedOnceGetsTheGradientsOfAllItsRoles(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric)) {
      Margins margins = marginsThatGateSome(network);
      TrainingStep step = new TrainingStep(new QuadrupletLoss(LossForm.QUADRUPLET), SOFTMAX_WEIGHT);
      float[][] images = images();
      run(step, network, images, margins);
      double[] shared = TestingNetworks.gradients(network);

      float[][] copies = new float[4 * QUADRUPLETS.size()][];
      List<Quadruplet> apart = new ArrayList<>();
      for (int q = 0; q < QUADRUPLETS.size(); q++) {
        Quadruplet quadruplet = QUADRUPLETS.get(q);
        copies[4 * q] = images[quadruplet.anchor()];
        copies[4 * q + 1] = images[quadruplet.positive()];
        copies[4 * q + 2] = images[quadruplet.negative()];
        copies[4 * q + 3] = images[quadruplet.secondNegative()];
        apart.add(new Quadruplet(4 * q, 4 * q + 1, 4 * q + 2, 4 * q + 3));
      }
      network.forward(copies);
      step.run(network, apart, margins);

      double[] difference = TestingNetworks.gradients(network);
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= shared[i];
      }
      assertThat(norm(difference)).isLessThan(1e-10 * norm(shared));
    }
  }

  private static QuadrupletNetwork network(MetricKind metric) {
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.SMALL, TestingGlyphs.SHAPE, null, EMBEDDING, metric, UpdaterKind.SGD, 0.1, 5);
    return TestingNetworks.createInDouble(spec);
  }

  private static float[][] images() {
    float[][] images = new float[CLASSES.length][];
    for (int row = 0; row < images.length; row++) {
      images[row] =
          new ImageAugmentation(0, 0, 0)
              .apply(TestingGlyphs.glyph(CLASSES[row], row).pixels(), new SplittableRandom(row));
    }
    return images;
  }

  /** An untrained head may tell the two kinds apart the wrong way round, and α is then 0. */
  private static void trainUntilNegativesAreFarther(QuadrupletNetwork network, float[][] images) {
    TrainingStep step = new TrainingStep(new QuadrupletLoss(LossForm.QUADRUPLET), SOFTMAX_WEIGHT);
    for (int update = 0; update < 40 && gap(distances(network, images)) < 0.05; update++) {
      run(step, network, images, new Margins(1, 0.5));
      network.update(1);
    }
  }

  private static TrainingStep.Result run(
      TrainingStep step, QuadrupletNetwork network, float[][] images, Margins margins) {
    network.forward(images);
    return step.run(network, QUADRUPLETS, margins);
  }

  /** Margins halfway between two of the differences of each term, so that none is at its kink. */
  private static Margins marginsThatGateSome(QuadrupletNetwork network) {
    double[] g = distances(network, images());
    return new Margins(Math.max(0, middle(g, 1)), Math.max(0, middle(g, 2)));
  }

  private static double middle(double[] g, int term) {
    int count = QUADRUPLETS.size();
    double[] differences = new double[count];
    for (int q = 0; q < count; q++) {
      double negative = g[term * count + q];
      differences[q] = negative * negative - g[q] * g[q];
    }
    // One quadruplet is there twice: between its two equal differences lies nothing.
    double[] sorted = Arrays.stream(differences).distinct().sorted().toArray();
    return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  }

  /** The largest gradients of a layer and some drawn from the rest. */
  private static Set<Integer> sample(double[] gradients, int from, int to) {
    Set<Integer> sample = new LinkedHashSet<>();
    for (int most = 0; most < 3; most++) {
      int largest = -1;
      for (int i = from; i < to; i++) {
        if (!sample.contains(i)
            && (largest < 0 || Math.abs(gradients[i]) > Math.abs(gradients[largest]))) {
          largest = i;
        }
      }
      sample.add(largest);
    }
    SplittableRandom random = new SplittableRandom(from + 1L);
    while (sample.size() < 7) {
      sample.add(random.nextInt(from, to));
    }
    return sample;
  }

  /** Eq. 3 and the pair softmax written down as they are read, one quadruplet at a time. */
  private record Naive(double first, double second, double softmax) {
    double total() {
      return first + second + softmax;
    }
  }

  private static double naiveAt(
      QuadrupletNetwork network,
      float[][] images,
      LossForm form,
      Margins margins,
      double[] parameters,
      int index,
      double change) {
    double[] moved = parameters.clone();
    moved[index] += change;
    TestingNetworks.setParameters(network, moved);
    return naive(network, images, form, margins).total();
  }

  private static Naive naive(
      QuadrupletNetwork network, float[][] images, LossForm form, Margins margins) {
    network.forward(images);
    double first = 0;
    double second = 0;
    int firstActive = 0;
    int secondActive = 0;
    double same = 0;
    double different = 0;
    for (Quadruplet quadruplet : QUADRUPLETS) {
      double ij = distance(network, quadruplet.anchor(), quadruplet.positive());
      double ik = distance(network, quadruplet.anchor(), quadruplet.negative());
      double lk = distance(network, quadruplet.secondNegative(), quadruplet.negative());
      if (ij * ij - ik * ik + margins.first() > 0) {
        first += ij * ij - ik * ik + margins.first();
        firstActive++;
      }
      if (ij * ij - lk * lk + margins.second() > 0) {
        second += ij * ij - lk * lk + margins.second();
        secondActive++;
      }
      same -= Math.log(1 - ij);
      different -= form == LossForm.TRIPLET ? Math.log(ik) : (Math.log(ik) + Math.log(lk)) / 2;
    }
    int count = QUADRUPLETS.size();
    boolean learned = network.spec().metric() == MetricKind.LEARNED;
    return new Naive(
        first / Math.max(1, firstActive),
        form == LossForm.TRIPLET ? 0 : second / Math.max(1, secondActive),
        learned ? SOFTMAX_WEIGHT * (same + different) / (2 * count) : 0);
  }

  private static double distance(QuadrupletNetwork network, int left, int right) {
    return network.pairForward(new int[] {left}, new int[] {right})[0];
  }

  /** g(i,j) of all quadruplets, then g(i,k), then g(l,k). */
  private static double[] distances(QuadrupletNetwork network, float[][] images) {
    network.forward(images);
    int count = QUADRUPLETS.size();
    double[] g = new double[3 * count];
    for (int q = 0; q < count; q++) {
      Quadruplet quadruplet = QUADRUPLETS.get(q);
      g[q] = distance(network, quadruplet.anchor(), quadruplet.positive());
      g[count + q] = distance(network, quadruplet.anchor(), quadruplet.negative());
      g[2 * count + q] = distance(network, quadruplet.secondNegative(), quadruplet.negative());
    }
    return g;
  }

  /** Eq. 4 with w = 1 over the quadruplets themselves: μ_n of 2M values less μ_p of M. */
  private static double gap(double[] g) {
    int count = QUADRUPLETS.size();
    double positive = 0;
    double negative = 0;
    for (int pair = 0; pair < g.length; pair++) {
      if (pair < count) {
        positive += g[pair] * g[pair] / count;
      } else {
        negative += g[pair] * g[pair] / (2 * count);
      }
    }
    return negative - positive;
  }

  private static double hinges(double[] g, Margins margins) {
    int count = QUADRUPLETS.size();
    double loss = 0;
    for (int term = 1; term <= 2; term++) {
      double margin = term == 1 ? margins.first() : margins.second();
      double sum = 0;
      int active = 0;
      for (int q = 0; q < count; q++) {
        double negative = g[term * count + q];
        double hinge = g[q] * g[q] - negative * negative + margin;
        if (hinge > 0) {
          sum += hinge;
          active++;
        }
      }
      loss += sum / Math.max(1, active);
    }
    return loss;
  }

  private static double square(double[][] embeddings, int left, int right) {
    double sum = 0;
    for (int d = 0; d < EMBEDDING; d++) {
      double difference = embeddings[left][d] - embeddings[right][d];
      sum += difference * difference;
    }
    return sum / 4;
  }

  private static double[] direction(double[] gradient) {
    double norm = norm(gradient);
    return Arrays.stream(gradient).map(value -> value / norm).toArray();
  }

  private static double[] moved(double[] from, double[] direction, double length) {
    double[] moved = from.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += length * direction[i];
    }
    return moved;
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }
}
