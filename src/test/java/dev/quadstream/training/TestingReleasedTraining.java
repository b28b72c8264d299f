package dev.quadstream.training;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.stream.options.WindowConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;

/**
 * The job's training on icons and its releases, by the default options but with a version every
 * four windows: one replica, in a plain loop. What goes wrong is asked for.
 */
final class TestingReleasedTraining implements AutoCloseable {

  static final int PUBLISH_EVERY = 4;

  private static final int HELD_OUT = 240;
  private static final long OTHER_ICONS = 4_711;

  /** Both the copies and the original draw from it. */
  private record Images(IconStream icons, ImageDecoder decoder, List<LabeledImage> drawn) {

    List<LabeledImage> of(long window, int images) throws Exception {
      int last = Math.toIntExact((window + 1) * images);
      while (drawn.size() < last) {
        EncodedImage icon = icons.next();
        drawn.add(new LabeledImage(icon.id(), icon.label(), 0, decoder.decode(icon.bytes())));
      }
      return drawn.subList(last - images, last);
    }
  }

  private final PipelineSettings settings;
  private final Images images;
  private final List<LabeledImage> heldOut;
  private final BatchAssembler assembler;
  private final ReleaseGate gate;
  private final ExemplarMemory memory;
  private final ReleasedVectors vectors;
  private final Map<Long, NetworkState> published;
  private final Map<Long, Long> liveAsOf;
  private final QuadrupletNetwork mining;
  private final QuadrupletNetwork released;
  private final List<PairedTest> tests = new ArrayList<>();
  private final Set<Long> live = new TreeSet<>();
  private final Map<Long, Double> recalls = new HashMap<>();
  private QuadrupletTrainer trainer;
  private ReleaseState state;
  private long window;
  private long began;
  private long permutedUntil;
  private double noisedLoss;
  private long rollbacks;
  private final List<Long> testedVersions = new ArrayList<>();

  TestingReleasedTraining(long seed) throws Exception {
    settings = PipelineSettings.of(Configuration.fromMap(Map.of("seed", Long.toString(seed))));
    ImageDecoder decoder = settings.imageDecoder(settings.shape());
    images = new Images(IconStream.ofSeed(seed), decoder, new ArrayList<>());
    heldOut =
        new Images(IconStream.ofSeed(seed + OTHER_ICONS), decoder, new ArrayList<>())
            .of(0, HELD_OUT);
    assembler = new BatchAssembler(settings.mining());
    gate = new ReleaseGate(settings.releases());
    memory = new ExemplarMemory(settings.mining().memoryCapacity());
    vectors = new ReleasedVectors();
    published = new HashMap<>();
    liveAsOf = new HashMap<>(Map.of(0L, 0L));
    mining = QuadrupletNetwork.create(settings.network());
    released = QuadrupletNetwork.create(settings.network());
    trainer = trainer(settings);
    published.put(0L, mining.parametersAlone());
  }

  private TestingReleasedTraining(TestingReleasedTraining other) {
    settings = other.settings;
    images = other.images;
    heldOut = other.heldOut;
    assembler = other.assembler;
    gate = other.gate;
    memory = other.memory.copy();
    vectors = other.vectors.copy();
    published = new HashMap<>(other.published);
    liveAsOf = new HashMap<>(other.liveAsOf);
    mining = QuadrupletNetwork.create(settings.network());
    released = QuadrupletNetwork.create(settings.network());
    trainer = trainer(settings);
    trainer.restore(other.trainer.state());
    recalls.putAll(other.recalls);
    tests.addAll(other.tests);
    state = other.state;
    window = other.window;
    began = window;
  }

  private static QuadrupletTrainer trainer(PipelineSettings settings) {
    return new QuadrupletTrainer(settings.training(), QuadrupletNetwork.create(settings.network()));
  }

  /** The same, which goes on by itself; to be closed by itself. */
  TestingReleasedTraining copy() {
    return new TestingReleasedTraining(this);
  }

  void trainUntil(long last) throws Exception {
    while (window < last) {
      train();
    }
  }

  /** For so many windows the labels of each are dealt out anew among its images. */
  void permuteLabels(int windows) {
    permutedUntil = window + windows;
  }

  /**
   * Noise in each version that is published, until it finds so much less than what is live: what
   * trains meanwhile becomes better, and with the same noise would soon be no worse.
   */
  void noiseWeights(double loss) {
    noisedLoss = loss;
  }

  void learnFaster(double times) {
    PipelineSettings faster =
        settings.with(
            TrainingConfig.LEARNING_RATE, times * settings.get(TrainingConfig.LEARNING_RATE));
    QuadrupletTrainer spoilt = trainer(faster);
    spoilt.restore(trainer.state());
    trainer.close();
    trainer = spoilt;
    rollbacks = 0;
  }

  /**
   * The first quarantine of a version that was published since the copy was made.
   *
   * @param windows since then
   * @param tested versions that the windows since then were tested under, one a window, from the
   *     first on that was published since then
   */
  record Quarantine(long version, int windows, List<Long> tested, Map<Long, Double> losses) {

    int windowsTested() {
      return tested.size();
    }

    boolean isWorseBy(long version, double loss) {
      return losses.getOrDefault(version, 0.0) >= loss;
    }

    /** From the first window that was tested under a version that is worse by so much. */
    int windowsWorseBy(double loss) {
      List<Boolean> worse = tested.stream().map(version -> losses.get(version) >= loss).toList();
      int first = worse.indexOf(true);
      return first < 0 ? 0 : tested.size() - first;
    }
  }

  /** Trains until then, or throws an error after so many windows. */
  Quarantine trainUntilQuarantine(int most) throws Exception {
    while (true) {
      train();
      for (long version : state.quarantined()) {
        if (version > began) {
          Map<Long, Double> losses = new HashMap<>();
          testedVersions.forEach(tested -> losses.computeIfAbsent(tested, this::loss));
          return new Quarantine(
              version, Math.toIntExact(window - began), List.copyOf(testedVersions), losses);
        }
      }
      if (window - began >= most) {
        throw new AssertionError("Nothing is quarantined after %d windows.".formatted(most));
      }
    }
  }

  List<Long> quarantined() {
    return state.quarantined();
  }

  /** Versions that have been live since the copy was made. */
  Set<Long> everLive() {
    return live;
  }

  /** How much less a version finds of icons of another stream than what is live. */
  double loss(long version) {
    return recall(state.live()) - recall(version);
  }

  private double recall(long version) {
    return recalls.computeIfAbsent(version, absent -> recallOf(published.get(version)));
  }

  /** Recall@1 of images of another stream, each looked up among all others. */
  private double recallOf(NetworkState parameters) {
    released.setParameters(parameters);
    float[][] vectors = released.embed(heldOut.stream().map(LabeledImage::image).toList());
    ExemplarMemory gallery = new ExemplarMemory(HELD_OUT);
    List<Exemplar> exemplars = new ArrayList<>();
    for (int row = 0; row < vectors.length; row++) {
      exemplars.add(new Exemplar(heldOut.get(row), vectors[row], 0));
    }
    exemplars.forEach(exemplar -> gallery.offer(exemplar, new SplittableRandom(1)));
    NearestExemplars nearest = NearestExemplars.search(heldOut, vectors, exemplars);
    int right = 0;
    int findable = 0;
    for (int row = 0; row < vectors.length; row++) {
      String label = heldOut.get(row).label();
      if (gallery.ofClass(label).size() > 1) {
        findable++;
        right += nearest.of(row).image().label().equals(label) ? 1 : 0;
      }
    }
    return (double) right / findable;
  }

  private void train() throws Exception {
    List<LabeledImage> arriving = images.of(window, settings.get(WindowConfig.IMAGES));
    if (window < permutedUntil) {
      arriving = permuted(arriving);
    }
    long staleness = 4;
    long version = Math.max(0, window - staleness) / PUBLISH_EVERY * PUBLISH_EVERY;
    long liveThen = liveAsOf.get(version);
    mining.setParameters(published.get(version));
    released.setParameters(published.get(liveThen));
    Margins margins = trainer.margins();
    MiningModel model = new MiningModel(version, mining, margins, liveThen);
    TrainingBatch batch =
        assembler
            .assemble(
                TestingTraining.window(window, arriving.stream().map(ImageEvent::arrived).toList()),
                memory,
                model,
                vectors,
                liveThen == version ? model : new MiningModel(liveThen, released, margins))
            .batch();
    tests.add(batch.tests().paired());
    trainer.train(batch);
    window++;
    if (version > began) {
      testedVersions.add(version);
    }
    if (window % PUBLISH_EVERY == 0) {
      state = gate.asOf(state, window, tests, trainer.rollbacks() > rollbacks);
      rollbacks = trainer.rollbacks();
      tests.clear();
      NetworkState parameters = trainer.network().parametersAlone();
      published.put(window, noisedLoss > 0 ? noisedEnough(parameters) : parameters);
      liveAsOf.put(window, state.live());
      live.add(state.live());
    }
  }

  private NetworkState noisedEnough(NetworkState parameters) {
    double wanted = recall(state.live()) - noisedLoss;
    double low = 0;
    double high = 3;
    for (int step = 0; step < 6; step++) {
      double noise = (low + high) / 2;
      if (recallOf(noised(parameters, noise)) > wanted) {
        low = noise;
      } else {
        high = noise;
      }
    }
    return noised(parameters, high);
  }

  private NetworkState noised(NetworkState parameters, double noise) {
    Random random = new Random(began);
    released.setParameters(parameters);
    double[] values = TestingNetworks.parameters(released);
    for (int i = 0; i < values.length; i++) {
      values[i] += noise * random.nextGaussian() * Math.abs(values[i]);
    }
    TestingNetworks.setParameters(released, values);
    return released.parametersAlone();
  }

  private List<LabeledImage> permuted(List<LabeledImage> arriving) {
    List<String> labels = new ArrayList<>(arriving.stream().map(LabeledImage::label).toList());
    Collections.shuffle(labels, new Random(window));
    List<LabeledImage> permuted = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      LabeledImage image = arriving.get(i);
      permuted.add(new LabeledImage(image.id(), labels.get(i), 0, image.image()));
    }
    return permuted;
  }

  @Override
  public void close() {
    trainer.close();
    mining.close();
    released.close();
  }
}
