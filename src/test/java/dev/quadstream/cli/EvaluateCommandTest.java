package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {

  @TempDir private Path directory;

  @Test
  void whereNoGalleryIsThereIsNothingSharedToLeaveOut() throws Exception {
    Path photos = TestingFolders.striped(directory.resolve("photos"), 3, 2);
    Path model = directory.resolve("model.qsm");
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.EUCLIDEAN))) {
      Files.write(model, ModelFile.write(network, new ModelInfo(1, 0.5, 0.25, Map.of())));
    }
    TestingTerminal terminal = new TestingTerminal();

    int exitCode =
        terminal.run("evaluate", "--model=" + model, "--dataset=" + photos, "--leave-out-shared");

    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--leave-out-shared", "gallery", "photos");
    assertThat(terminal.out()).isEmpty();
  }
}
