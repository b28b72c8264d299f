package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Datasets;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoCommandTest {

  private final StringWriter said = new StringWriter();

  /** Three within one second, or the clock has struck between them. */
  @Test
  void demosThatStartInTheSameSecondHaveDirectoriesOfTheirOwn(@TempDir Path parent)
      throws Exception {
    Set<Path> directories = new HashSet<>();
    for (int demo = 0; demo < 3; demo++) {
      directories.add(DemoCommand.newDirectory(parent.resolve("work")));
    }
    assertThat(directories).hasSize(3).allMatch(directory -> directory.toFile().isDirectory());
  }

  @Test
  void whatIsOfKafkaIsNotAmongTheOptionsToGoOnWith() {
    Map<String, String> options = new TreeMap<>();
    options.put("kafka.properties", "sasl.jaas.config:secret");
    options.put("network.name", "it's mine");

    assertThat(DemoCommand.yaml(options)).isEqualTo("network.name: 'it''s mine'%n".formatted());
  }

  @ParameterizedTest
  @CsvSource({
    "seed, 1, 3x64x128, medium",
    "image.channels, 3, 3x64x128, medium",
    "image.channels, 1, 1x64x128, medium",
    "image.height, 40, 3x40x32, residual",
    "network.trunk, small, 3x32x32, small"
  })
  void whatTheOptionsLeaveOpenIsChosenAndWhatTheNetworkReadsIsAlwaysSaid(
      String option, String value, String shape, String trunk, @TempDir Path directory)
      throws Exception {
    PipelineSettings suited =
        DemoCommand.suited(wideAndColoured(directory), settings(option, value), err());

    assertThat(suited.shape()).hasToString(shape);
    assertThat(suited.get(NetworkConfig.TRUNK).optionName()).isEqualTo(trunk);
    assertThat(said.toString())
        .contains("colour, 120 x 60 pixels in the middle: the network reads " + shape)
        .contains("through its " + trunk + " trunk");
  }

  @Test
  void behindABackboneItsFileSaysWhatIsReadAndNotThePictures(@TempDir Path directory)
      throws Exception {
    Path backbone = Files.write(directory.resolve("net.onnx"), TestingOnnx.oneOutput(3));
    PipelineSettings behind = settings("network.backbone", backbone.toString());
    ImageDataset photos = wideAndColoured(directory.resolve("photos"));

    assertThat(DemoCommand.suited(photos, behind, err())).isSameAs(behind);
    assertThat(said.toString()).contains("backbone reads 3x16x16");
    assertThat(DemoCommand.inColours(1, behind)).isSameAs(behind);
    assertThat(DemoCommand.inColours(3, settings("seed", "1")).shape()).hasToString("3x32x32");
  }

  private static ImageDataset wideAndColoured(Path folder) throws IOException {
    ImageShape shape = new ImageShape(3, 60, 120);
    SplittableRandom random = new SplittableRandom(7);
    for (int image = 0; image < 4; image++) {
      byte[] pixels = new byte[shape.size()];
      random.nextBytes(pixels);
      Path thing = Files.createDirectories(folder.resolve("thing-" + image / 2));
      Files.write(thing.resolve(image + ".png"), PixelImages.toPng(new PixelImage(shape, pixels)));
    }
    return Datasets.open(folder, DatasetOptions.of(Part.ALL));
  }

  private static PipelineSettings settings(String option, String value) {
    return PipelineSettings.of(Configuration.fromMap(Map.of(option, value)));
  }

  private PrintWriter err() {
    return new PrintWriter(said, true);
  }
}
