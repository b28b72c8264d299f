package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of which a backbone makes nothing. */
class EvaluationSetTest {

  @TempDir private Path directory;

  private final TestingTerminal terminal = new TestingTerminal();
  private PipelineSettings settings;
  private Path photos;

  @BeforeEach
  void oneBlackImage() throws IOException {
    // Of bytes, so that a black image has no feature but 0.
    Path backbone = directory.resolve("backbone.onnx");
    Files.write(backbone, TestingOnnx.bytesOneOutput(1));
    settings =
        PipelineSettings.of(
            Configuration.fromMap(
                Map.of("network.backbone", backbone.toString(), "network.embedding-size", "16")));
    photos = TestingFolders.striped(directory.resolve("photos"), 4, 3);
    NetworkSpec spec = settings.network();
    byte[] black = PixelImages.toPng(new PixelImage(spec.input(), new byte[spec.input().size()]));
    Files.write(photos.resolve("class-2/black.png"), black);
  }

  @Test
  void anImageWithoutFeaturesIsSkippedAndSaidAndTheOthersAreMeasured() throws Exception {
    Path model = directory.resolve("model.qsm");
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings.network())) {
      Files.write(model, ModelFile.write(network, new ModelInfo(1, 0.5, 0.25, Map.of())));
    }

    int code =
        terminal.run(
            "evaluate",
            "--model=" + model,
            "--dataset=" + photos,
            "--set=network.backbone=" + directory.resolve("backbone.onnx"));

    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("12 probes of 4 classes", "1 images skipped");
    assertThat(terminal.err())
        .contains("1 images could not be read", "without usable features", "class-2/black.png");
  }

  @Test
  void whatIsHeldOutLeavesItOutToo() {
    var decoded =
        settings.pixelDecoder().decode(List.of(read("class-2/black.png"), read("class-2/0.png")));

    assertThat(decoded.get(0).refusal()).hasMessageContaining("All 12 features are 0");
    assertThat(decoded.get(1).content()).isInstanceOf(PixelImage.class);
  }

  private byte[] read(String name) {
    try {
      return Files.readAllBytes(photos.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
