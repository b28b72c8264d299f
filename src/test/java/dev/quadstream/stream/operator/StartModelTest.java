package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.TestingGraph;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.MiningModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that starts from a model, from the option to version 0 in the registry. */
class StartModelTest {

  @TempDir Path directory;

  private Path file;
  private NetworkState parameters;
  private PipelineSettings settings;

  @BeforeEach
  void writeModel() throws IOException {
    file = directory.resolve("a 50%20off model.qsm");
    settings =
        TestingPipeline.settings(
            "registry.directory",
            directory.resolve("registry").toString(),
            "network.start-from",
            file.toString());
    parameters =
        write(
            settings.with(JobConfig.SEED, 77L),
            Map.of("meanPositive", "0.2", "meanNegative", "0.7"));
  }

  private NetworkState write(PipelineSettings of, Map<String, String> facts) throws IOException {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(of.network())) {
      Files.write(file, ModelFile.write(network, new ModelInfo(480, 0.5, 0.25, facts)));
      return network.parametersAlone();
    }
  }

  @Test
  void whereTheOptionIsNotSetThereIsNone() {
    assertThat(StartModel.of(TestingPipeline.settings())).isEmpty();
  }

  @Test
  void itIsVersion0WithTheParametersAndMeansOfTheFile() {
    MergedModel start = StartModel.of(settings).orElseThrow().asVersion0();

    assertThat(start.version()).isZero();
    assertThat(start.parameters().average()).isEqualTo(parameters);
    assertThat(start.parameters().iterate()).isEqualTo(parameters);
    assertThat(start.means().negative()).isEqualTo(0.7);
    assertThat(start.warmingUp()).isFalse();
  }

  @Test
  void aFileWithoutMeansBeginsWithAWarmUp() throws IOException {
    write(settings, Map.of("trainedBy", "quadstream train"));

    MergedModel start = StartModel.of(settings).orElseThrow().asVersion0();
    assertThat(start.means().defined()).isFalse();
    assertThat(start.warmingUp()).isTrue();
  }

  @Test
  void aModelOfAnotherNetworkIsRefusedAndBothAreNamed() {
    assertRefused(
        settings.with(NetworkConfig.EMBEDDING_SIZE, 16),
        "network.start-from = " + file,
        "embedding size 8",
        "embedding size 16");
  }

  @Test
  void whatIsNoModelOrNotThereIsRefused() throws IOException {
    Files.write(file, new byte[] {1, 2, 3});
    assertRefused(settings, "network.start-from = " + file, "archive");
    Files.delete(file);
    assertRefused(settings, "network.start-from = " + file, "is not there");
    assertRefused(settings.with(NetworkConfig.START_FROM, "nowhere://bucket/model.qsm"), "nowhere");
    assertRefused(settings.with(NetworkConfig.START_FROM, directory.toString()), "start-from");
  }

  /** Of a job whose first attempt ended for another reason, before its first checkpoint. */
  @Test
  void oneThatIsAwayForAMomentEndsNoYoungJobAndADamagedOrWrongOneDoes() throws IOException {
    TaskInfo second = new TaskInfoImpl("window", 1, 0, 1, 1);
    assertThatThrownBy(
            () ->
                TaskManagerChecks.at(
                    second,
                    false,
                    () -> StartModel.of(settings.with(NetworkConfig.EMBEDDING_SIZE, 16))))
        .isInstanceOf(SuppressRestartsException.class);
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> TaskManagerChecks.at(second, false, () -> StartModel.of(settings)))
        .isInstanceOf(SuppressRestartsException.class);
    Files.delete(file);
    assertThatThrownBy(() -> TaskManagerChecks.at(second, false, () -> StartModel.of(settings)))
        .isInstanceOf(StartRefusedException.class);
  }

  private static void assertRefused(PipelineSettings settings, String... parts) {
    assertThatThrownBy(() -> StartModel.of(settings))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void theRunHasItInTheRegistryBeforeItsFirstWindowAndARestoredOneDoesNotReadIt() throws Exception {
    OperatorSubtaskState snapshot;
    String run;
    try (var windows = TestingGraph.windows(settings, null, 0)) {
      ImageWindow first = window(windows, 0);
      run = first.id().run();
      ModelManifest version0 = registered(run);
      assertThat(new ModelRegistry(settings.registryDirectory()).load(version0))
          .isEqualTo(Files.readAllBytes(file));
      assertThat(version0.network().configHash()).isEqualTo(settings.network().configHash());
      snapshot = windows.snapshot(1, 1);
    }
    Files.delete(file);
    try (var windows = TestingGraph.windows(settings, snapshot, 0)) {
      assertThat(window(windows, 1).id().run()).isEqualTo(run);
    }
  }

  @Test
  void aBadOneEndsTheJobAsItStarts() throws IOException {
    Files.delete(file);
    assertThatThrownBy(() -> TestingGraph.windows(settings, null, 0))
        .rootCause()
        .hasMessageContaining("is not there");
  }

  @Test
  void minedWithAndTrainedFromIsWhatTheRegistryHas() throws Exception {
    StartModel.of(settings).orElseThrow().publish(TestingPipeline.RUN);
    RegistryModelStore store =
        new RegistryModelStore(settings, null, null, () -> {}, Duration.ofMillis(50));

    MiningModel mining = store.find(TestingPipeline.RUN, 0, null).orElseThrow();
    try (QuadrupletNetwork network = mining.network()) {
      assertThat(network.parametersAlone()).isEqualTo(parameters);
    }
    assertThat(mining.margins())
        .as("by the options of this run")
        .isEqualTo(
            settings
                .margins()
                .marginsFor(false, StartModel.of(settings).orElseThrow().asVersion0().means()));
    assertThat(store.find(TestingPipeline.RUN, 0).orElseThrow().parameters().average())
        .isEqualTo(parameters);
    assertThatThrownBy(() -> store.find("run-2", 0, null))
        .as("the network of the seed does not stand in for it")
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("version 0")
        .hasMessageContaining("run run-2");
  }

  /** It would meet the same at each restart. */
  @Test
  void aRunThatBeganWithoutAModelAndGoesOnWithOneInItsOptionsIsToldWhatToDo() throws Exception {
    Files.createDirectories(
        Path.of(settings.registryDirectory().getPath(), settings.get(NetworkConfig.NAME), "run-2"));
    RegistryModelStore store =
        new RegistryModelStore(settings, null, null, () -> {}, Duration.ofMillis(50));

    assertThatThrownBy(() -> store.find("run-2", 0, null))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("version 0 of run run-2 is not there, and network.start-from is set")
        .hasMessageContaining("once you take the option away");
  }

  private ModelManifest registered(String run) {
    return new ModelRegistry(settings.registryDirectory())
        .find(settings.get(NetworkConfig.NAME), run, 0)
        .orElseThrow();
  }

  private static ImageWindow window(
      KeyedOneInputStreamOperatorTestHarness<Integer, ImageEvent, ImageWindow> windows, int number)
      throws Exception {
    for (int i = 0; i < 10; i++) {
      windows.processElement(TestingPipeline.arrival(number * 10L + i), 0);
    }
    List<ImageWindow> closed = windows.extractOutputValues();
    return closed.get(closed.size() - 1);
  }
}
