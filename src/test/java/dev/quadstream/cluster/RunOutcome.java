package dev.quadstream.cluster;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelParameters;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.TestingJobs;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.TrainingLoop;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What disturbances did to a drained run of one partition.
 *
 * @param kills processes killed
 * @param windows windows sent
 * @param lost windows without a report
 * @param duplicated reports beyond the first of their window
 * @param inOrder whether the reports come in the order of their windows
 * @param bitsEqual whether the last model's file and the trainer's whole state, updater included,
 *     are those of the same windows trained in one thread without Kafka and Flink
 */
record RunOutcome(
    int kills, int windows, int lost, int duplicated, boolean inOrder, boolean bitsEqual) {

  /** The end of an undisturbed run. */
  record Undisturbed(TrainerState state, LastModel model) {}

  /** What a model's file holds beyond names. */
  record LastModel(long version, Margins margins, NetworkState average, NetworkState iterate) {}

  /** An outcome as it has to be. */
  static RunOutcome flawless(int kills, int windows) {
    return new RunOutcome(kills, windows, 0, 0, true, true);
  }

  /**
   * Compares a run with an undisturbed one.
   *
   * @param savepoint that draining left
   */
  static RunOutcome of(TestingRun run, int kills, String savepoint) throws Exception {
    int windows = run.sentWindows();
    List<Long> reported =
        run.reports(windows).stream().map(report -> report.identity().window()).toList();
    int distinct = (int) reported.stream().distinct().count();
    Undisturbed undisturbed = undisturbed(run);
    return new RunOutcome(
        kills,
        windows,
        windows - (int) reported.stream().distinct().filter(window -> window < windows).count(),
        reported.size() - distinct,
        reported.equals(LongStream.range(0, reported.size()).boxed().toList()),
        lastModel(run).equals(undisturbed.model())
            && TestingJobs.trainerIn(run.settings(), savepoint).equals(undisturbed.state()));
  }

  private static LastModel lastModel(TestingRun run) throws Exception {
    ModelManifest last =
        run.manifests().stream()
            .max(Comparator.comparingLong(manifest -> manifest.identity().version()))
            .orElseThrow();
    ModelParameters model =
        new ModelRegistry(run.settings().registryDirectory()).load(last, ModelFile::allParameters);
    return new LastModel(
        model.info().version(),
        new Margins(model.info().alpha1(), model.info().alpha2()),
        model.average(),
        model.iterate().orElseThrow());
  }

  /** The run's images in this thread, without Kafka, Flink and disturbances. */
  static Undisturbed undisturbed(TestingRun run) throws Exception {
    PipelineSettings settings = run.settings();
    ImageDecoder decoder = settings.imageDecoder(settings.shape());
    IconStream icons = IconStream.ofSeed(run.seed());
    try (TrainingLoop loop = new TrainingLoop(settings.loop())) {
      for (int i = 0; i < run.sentImages(); i++) {
        EncodedImage image = icons.next();
        loop.accept(new LabeledImage(image.id(), image.label(), 0, decoder.decode(image.bytes())));
      }
      loop.finish();
      MergedModel model = loop.model().orElseThrow();
      return new Undisturbed(
          loop.trainer(0).state(),
          new LastModel(
              model.version(),
              loop.margins(),
              model.parameters().average(),
              model.parameters().iterate()));
    }
  }
}
