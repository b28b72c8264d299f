package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnePassCommandTest {

  @TempDir private Path directory;

  @Test
  void noImageIsTestedOnThatWasTrainedOn() throws Exception {
    TestingFolders.striped(directory.resolve("photos"), 5, 3);
    TestingFolders.idx(directory, "train", 6);
    for (String undivided : new String[] {"photos", "train-images-idx3-ubyte"}) {
      TestingTerminal terminal = new TestingTerminal();

      assertThat(terminal.run("one-pass", "--dataset", directory.resolve(undivided).toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(terminal.err()).contains("is not divided into a training and a test part");
    }
  }

  @Test
  void filesAreTakenAndPassedOverByTheLimitThatIsSet() throws Exception {
    for (String part : new String[] {"train", "test"}) {
      TestingFolders.striped(directory.resolve("photos").resolve(part), 3, 2);
    }
    TestingTerminal terminal = new TestingTerminal();

    terminal.run(
        "one-pass",
        "--dataset",
        directory.resolve("photos").toString(),
        "--set",
        "image.max-bytes=100b");

    assertThat(terminal.err()).contains("larger than image.max-bytes (100)");
  }

  @Test
  void withoutATestPartItIsTestedOnTheValidationPart() throws Exception {
    Path divided = directory.resolve("divided");
    Path train = TestingFolders.striped(divided.resolve("train"), 3, 2);
    TestingFolders.striped(divided.resolve("val"), 3, 2);
    for (int label = 0; label < 3; label++) {
      Files.move(train.resolve("class-" + label), train.resolve("other-" + label));
    }
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run("one-pass", "--dataset", divided.toString())).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err()).contains("Taken is the part validation", "no class in common");
  }

  @Test
  void filesComeShuffledAndIdxImagesInTheirOwnOrder() throws Exception {
    TestingFolders.striped(directory.resolve("photos"), 3, 8);
    TestingFolders.idx(directory, "train", 6);
    ImageDataset files = open("photos");
    ImageDataset idx = open("train-images-idx3-ubyte");

    assertThat(labels(OnePassCommand.inOrder(files, 1)))
        .isNotEqualTo(labels(files))
        .containsExactlyInAnyOrderElementsOf(labels(files));
    assertThat(labels(OnePassCommand.inOrder(idx, 1))).isEqualTo(labels(idx));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--backbone=", "--set=network.backbone="})
  void aBackboneReadsTheSizeThatItsFileSaysHoweverItIsGiven(String flag) throws Exception {
    TestingFolders.striped(directory.resolve("photos/train"), 4, 8);
    TestingFolders.striped(directory.resolve("photos/test"), 4, 2);
    Path backbone = directory.resolve("net.onnx");
    Files.write(backbone, TestingOnnx.oneOutput(1));
    Path report = directory.resolve("report.json");
    TestingTerminal terminal = new TestingTerminal();

    int code =
        terminal.run(
            "one-pass",
            "--dataset=" + directory.resolve("photos"),
            flag + backbone,
            "--report=" + report);

    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(report).content().contains(backbone.toString()).doesNotContain("resolved");
  }

  private ImageDataset open(String name) {
    return Datasets.open(directory.resolve(name), DatasetOptions.of(Part.TRAIN));
  }

  private static List<String> labels(ImageDataset dataset) throws IOException {
    try (Stream<EncodedImage> images = dataset.images()) {
      return images.map(EncodedImage::label).toList();
    }
  }
}
