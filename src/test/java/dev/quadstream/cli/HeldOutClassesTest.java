package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code train --split-seed} leaves out, where the test part has not the same classes. */
class HeldOutClassesTest {

  private static final int SEED = 4;
  private static final ConceptSplit TRAINED =
      ConceptSplit.of(IntStream.range(0, 12).mapToObj(i -> "class-" + i).toList(), SEED);

  @TempDir private Path directory;

  private final TestingTerminal terminal = new TestingTerminal();
  private final PipelineSettings settings = PipelineSettings.of(new Configuration());
  private Path photos;
  private Path model;

  @BeforeEach
  void testLacksAClassThatIsTrainedOnAndHasOneOfItsOwn() throws IOException {
    photos = directory.resolve("photos");
    TestingFolders.striped(photos.resolve("train"), 12, 3);
    Path test = TestingFolders.striped(photos.resolve("test"), 13, 3);
    remove(test.resolve(TRAINED.streamed().get(0)));
    model = directory.resolve("model.qsm");
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings.network())) {
      Files.write(model, ModelFile.write(network, new ModelInfo(1, 0.5, 0.25, Map.of())));
    }
    for (String heldOut : TRAINED.heldOut(HeldOutPart.BOTH)) {
      Files.delete(test.resolve(heldOut).resolve("2.png"));
    }
  }

  @Test
  void evaluateMeasuresWithClassesThatTrainLeavesOut() {
    assertThat(evaluate("--split-seed=4", "--on=both")).isEqualTo(ExitCode.OK);

    assertThat(terminal.out()).as("two images of each").contains("12 probes of 6 classes");
  }

  @Test
  void soDoesWhatIsHeldOut() throws IOException {
    HeldOutArguments arguments =
        CommandLine.populateCommand(
            new HeldOutArguments(), "--held-out=" + photos, "--split-seed=" + SEED);

    List<LabeledImage> images = arguments.read(settings, Quadstream.commandLine(Map.of()));

    assertThat(images.stream().map(LabeledImage::label).collect(Collectors.toSet()))
        .isEqualTo(Set.copyOf(TRAINED.heldOut(HeldOutPart.BOTH)));
  }

  @Test
  void ofTheTrainingPartAndOfAllItIsWhatTheyHave() {
    assertThat(evaluate("--split-seed=4", "--on=both", "--part=train")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("18 probes of 6 classes");
  }

  /** Whichever part is trained on. */
  @Test
  void trainLeavesTheSameOutOfEachPart() {
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      DatasetArgument argument = new DatasetArgument(photos.toString(), DatasetOptions.of(part));
      ImageFeed feed = ImageFeed.of(argument, null, 1).withoutHeldOut(argument, SEED);
      assertThat(feed.streamed())
          .as(part.text())
          .isNotEmpty()
          .doesNotContainAnyElementsOf(TRAINED.heldOut(HeldOutPart.BOTH));
    }
  }

  @Test
  void galleryAndProbesMayBeAFolderAndAListWithARoot() throws IOException {
    Path list = directory.resolve("probes.csv");
    String label = TRAINED.heldOut(HeldOutPart.BOTH).get(0);
    String other = TRAINED.heldOut(HeldOutPart.BOTH).get(1);
    Files.writeString(
        list, "path,label\n%1$s/0.png,%1$s\n%2$s/0.png,%2$s\n".formatted(label, other));
    List<String> arguments =
        List.of(
            "evaluate",
            "--model=" + model,
            "--gallery=" + photos.resolve("train"),
            "--probes=" + list,
            "--root=" + photos.resolve("test"));

    assertThat(terminal.run(arguments.toArray(String[]::new)))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("2 probes");
  }

  @Test
  void aTestPartWithoutAnyOfTheClassesIsRefusedWithTheWayOut() throws IOException {
    for (int i = 0; i < 12; i++) {
      remove(photos.resolve("train").resolve("class-" + i));
    }
    TestingFolders.striped(directory.resolve("more"), 3, 2);
    for (int i = 0; i < 3; i++) {
      Files.move(
          directory.resolve("more").resolve("class-" + i),
          photos.resolve("train").resolve("other-" + i));
    }

    assertThat(evaluate("--split-seed=4")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("part test of photos", "--part train");
    assertThat(evaluate()).isEqualTo(ExitCode.OK);
  }

  private int evaluate(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("evaluate", "--model=" + model, "--dataset=" + photos));
    arguments.addAll(List.of(more));
    return terminal.run(arguments.toArray(String[]::new));
  }

  private static void remove(Path ofClass) throws IOException {
    try (var images = Files.list(ofClass)) {
      for (Path image : images.toList()) {
        Files.delete(image);
      }
    }
    Files.delete(ofClass);
  }
}
