package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.TrainingConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gate over trainings on icons that go wrong in the middle. */
@Tag("long")
class SabotageIT {

  private static final long SEED = 1;
  private static final int WINDOW_IMAGES = 24;
  private static final int PUBLISH_EVERY = 4;
  private static final int WELL = 100;
  private static final int PERMUTED = 64;

  /** Averaged parameters take some twenty windows to become a tenth worse. */
  private static final int MOST_UNNOTICED = 80;

  /** While labels are wrong no test tells good from bad, so that nothing is proven either way. */
  @Test
  void nothingThatPermutedLabelsHaveTrainedIsEverLive() throws Exception {
    try (Training training = new Training()) {
      training.permuteLabels();
      for (int i = 0; i < PERMUTED + 40; i++) {
        training.window();
        assertThat(training.state.live()).as("%d windows later", i).isLessThanOrEqualTo(WELL);
      }
    }
  }

  @Test
  void whatAHundredTimesTheLearningRateSpoilsIsQuarantinedAndNeverLive() throws Exception {
    try (Training training = new Training()) {
      training.learnAHundredTimesAsFast();
      int windows = 0;
      while (training.state.quarantined().stream().noneMatch(version -> version > WELL)) {
        training.window();
        windows++;
        assertThat(windows).as("without a quarantine").isLessThan(MOST_UNNOTICED);
        assertThat(training.state.live()).isLessThanOrEqualTo(WELL);
      }
    }
  }

  /** The job's training and its releases, of one replica and with no staleness. */
  private static final class Training implements AutoCloseable {
    private final PipelineSettings settings;
    private final ImageDecoder decoder;
    private final IconStream icons;
    private final BatchAssembler assembler;
    private final ReleaseGate gate;
    private final ExemplarMemory memory;
    private final ReleasedVectors vectors = new ReleasedVectors();
    private final Map<Long, NetworkState> published = new HashMap<>();
    private final Map<Long, Long> liveAsOf = new HashMap<>(Map.of(0L, 0L));
    private final QuadrupletNetwork mining;
    private final QuadrupletNetwork released;
    private final List<PairedTest> tests = new ArrayList<>();
    private UnaryOperator<List<LabeledImage>> labels = images -> images;
    private QuadrupletTrainer trainer;
    private ReleaseState state;
    private long window;

    Training() throws Exception {
      settings =
          PipelineSettings.of(
              Configuration.fromMap(
                  Map.of(
                      "window.images",
                      Integer.toString(WINDOW_IMAGES),
                      "seed",
                      Long.toString(SEED))));
      decoder = settings.imageDecoder(settings.shape());
      icons = IconStream.ofSeed(SEED);
      assembler = new BatchAssembler(settings.mining());
      gate = new ReleaseGate(settings.releases());
      memory = new ExemplarMemory(settings.mining().memoryCapacity());
      mining = QuadrupletNetwork.create(settings.network());
      released = QuadrupletNetwork.create(settings.network());
      trainer = trainer(settings);
      published.put(0L, mining.parametersAlone());
      while (window < WELL) {
        window();
      }
    }

    private static QuadrupletTrainer trainer(PipelineSettings settings) {
      return new QuadrupletTrainer(
          settings.training(), QuadrupletNetwork.create(settings.network()));
    }

    void window() throws Exception {
      train(labels.apply(images()));
    }

    private List<LabeledImage> images() throws Exception {
      List<LabeledImage> images = new ArrayList<>();
      while (images.size() < WINDOW_IMAGES) {
        EncodedImage icon = icons.next();
        images.add(new LabeledImage(icon.id(), icon.label(), 0, decoder.decode(icon.bytes())));
      }
      return images;
    }

    private void train(List<LabeledImage> images) {
      long version = window / PUBLISH_EVERY * PUBLISH_EVERY;
      long live = liveAsOf.get(version);
      mining.setParameters(published.get(version));
      released.setParameters(published.get(live));
      Margins margins = trainer.margins();
      ImageWindow next =
          TestingTraining.window(window, images.stream().map(ImageEvent::arrived).toList());
      MiningModel model = new MiningModel(version, mining, margins, live);
      TrainingBatch batch =
          assembler
              .assemble(
                  next,
                  memory,
                  model,
                  vectors,
                  live == version ? model : new MiningModel(live, released, margins))
              .batch();
      if (batch.tests().paired() != null) {
        tests.add(batch.tests().paired());
      }
      trainer.train(batch);
      window++;
      if (window % PUBLISH_EVERY == 0) {
        state = gate.asOf(state, window, tests);
        tests.clear();
        published.put(window, trainer.network().parametersAlone());
        liveAsOf.put(window, state.live());
      }
    }

    void permuteLabels() {
      Random random = new Random(window);
      long until = window + PERMUTED;
      labels = images -> window < until ? permuted(images, random) : images;
    }

    void learnAHundredTimesAsFast() {
      PipelineSettings faster =
          settings.with(
              TrainingConfig.LEARNING_RATE, 100 * settings.get(TrainingConfig.LEARNING_RATE));
      QuadrupletTrainer spoilt = trainer(faster);
      spoilt.restore(trainer.state());
      trainer.close();
      trainer = spoilt;
    }

    private static List<LabeledImage> permuted(List<LabeledImage> images, Random random) {
      List<String> labels = new ArrayList<>(images.stream().map(LabeledImage::label).toList());
      Collections.shuffle(labels, random);
      List<LabeledImage> permuted = new ArrayList<>();
      for (int i = 0; i < labels.size(); i++) {
        LabeledImage image = images.get(i);
        permuted.add(
            new LabeledImage(image.id(), labels.get(i), image.capturedAt(), image.image()));
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
}
