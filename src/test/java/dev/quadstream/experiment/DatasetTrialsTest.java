package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Datasets;
import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTrialsTest {

  private static final PipelineOptions OPTIONS = TestingOptions.read(Map.of());

  @TempDir private Path folder;

  private final List<String> warnings = new ArrayList<>();

  @Test
  void streamsOneHalfOfTheClassesInPassesAndMeasuresWithAPartOfTheOther() throws IOException {
    writeIcons(8, 4);

    Trial trial = trials().trial(40, 1, OPTIONS.reading());

    Map<String, Long> timesById =
        trial.stream().stream()
            .collect(Collectors.groupingBy(LabeledImage::id, Collectors.counting()));
    assertThat(timesById).as("four classes of four images").hasSize(16);
    assertThat(timesById.values()).as("in two and a half passes").containsOnly(2L, 3L);
    Map<String, double[]> both = trial.heldOut().ofRawPixels().found();
    assertThat(both).hasSize(4).allSatisfy((label, probes) -> assertThat(probes).hasSize(4));
    assertThat(warnings).isEmpty();
    Set<String> parts = new TreeSet<>(measured(HeldOutPart.VALIDATION));
    assertThat(parts).as("a quarter").hasSize(2);
    parts.addAll(measured(HeldOutPart.TEST));
    assertThat(parts).as("both quarters").isEqualTo(new TreeSet<>(both.keySet()));
  }

  @Test
  void aTrialIsAFunctionOfItsSeed() throws IOException {
    writeIcons(8, 4);

    List<String> order = ids(trials().trial(40, 1, OPTIONS.reading()));

    assertThat(ids(trials().trial(40, 1, OPTIONS.reading()))).isEqualTo(order);
    assertThat(ids(trials().trial(40, 2, OPTIONS.reading()))).isNotEqualTo(order);
  }

  @Test
  void unreadableImagesAndLonelyOnesAreLeftOutAndCounted() throws IOException {
    writeIcons(8, 4);
    Trial whole = trials().trial(10, 1, OPTIONS.reading());
    List<String> streamed = whole.stream().stream().map(LabeledImage::label).distinct().toList();
    try (var classes = Files.list(folder)) {
      for (Path ofClass : classes.toList()) {
        if (!streamed.contains(ofClass.getFileName().toString())) {
          keepOne(ofClass);
          break;
        }
      }
    }
    Files.writeString(folder.resolve(streamed.get(0)).resolve("broken.png"), "GIF89a, and no more");

    Trial trial = trials().trial(10, 1, OPTIONS.reading());

    assertThat(trial.heldOut().ofRawPixels().found())
        .hasSize(3)
        .allSatisfy((label, probes) -> assertThat(probes).hasSize(4));
    assertThat(warnings)
        .hasSize(2)
        .anyMatch(warning -> warning.startsWith("1 images could not be read"))
        .anyMatch(warning -> warning.startsWith("1 classes to measure with have a single image"));
  }

  @Test
  void tooFewClassesAreRefusedWithAWayOut() throws IOException {
    writeIcons(4, 3);

    assertThatThrownBy(this::trials)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("has 4 classes")
        .hasMessageContaining("By seed 1 an ablation streams 2 of them")
        .hasMessageContaining("3, 2 and 2 at least");
    writeMore(5);
    assertThatThrownBy(() -> trials(HeldOutPart.TEST))
        .hasMessageContaining("has 5 classes")
        .hasMessageContaining("--on both");
    assertThat(trials().on()).isEqualTo(HeldOutPart.BOTH);
  }

  @Test
  void aLaterSeedThatLeavesTooFewClassesToMeasureWithIsRefusedBeforeTheFirst() throws IOException {
    writeIcons(8, 4);
    for (String lonely : ofSeed(2).heldOut(HeldOutPart.BOTH).subList(1, 4)) {
      keepOne(folder.resolve(lonely));
    }

    assertThat(trials(HeldOutPart.BOTH, 1).name()).isNotEmpty();
    assertThatThrownBy(() -> trials(HeldOutPart.BOTH, 2))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("By seed 2 an ablation streams 4 of them, 4 with two images")
        .hasMessageContaining("has two images of 1 to measure with");
  }

  @Test
  void aSeedThatStreamsClassesOfASingleImageIsRefused() throws IOException {
    writeIcons(8, 4);
    for (String lonely : ofSeed(1).streamed()) {
      keepOne(folder.resolve(lonely));
    }

    assertThatThrownBy(() -> trials(HeldOutPart.BOTH, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("By seed 1 an ablation streams 4 of them, 0 with two images");
  }

  @Test
  void whatCannotBeReadOfAClassIsCountedBeforeAnythingIsTrained() throws IOException {
    writeIcons(8, 2);
    for (String broken : ofSeed(1).heldOut(HeldOutPart.BOTH).subList(1, 4)) {
      Files.writeString(folder.resolve(broken).resolve("0.png"), "GIF89a, and no more");
    }
    DatasetTrials trials = trials(HeldOutPart.BOTH, 1);

    assertThatThrownBy(() -> trials.trial(10, 1, OPTIONS.reading()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("By seed 1")
        .hasMessageContaining("has two images of 1 to measure with");
    assertThat(warnings).anyMatch(warning -> warning.startsWith("3 images could not be read"));
  }

  @Test
  void aTestPartOfOtherClassesIsRefused() throws IOException {
    writeIcons(8, 2);
    ImageDataset training = open(folder);
    IconCatalog catalog = IconCatalog.shared();
    ImageDataset others =
        new IconDataset(
            catalog,
            catalog.concepts().stream()
                .filter(concept -> !training.labels().contains(concept))
                .toList());

    assertThatThrownBy(
            () -> new DatasetTrials(training, others, HeldOutPart.BOTH, 1, warnings::add))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("have no class in common");
  }

  @Test
  void imagesThatChangeOrAreAddedMakeAnotherTrial() throws IOException {
    writeIcons(8, 4);
    String before = trials().trial(40, 1, OPTIONS.reading()).digest();
    assertThat(trials().trial(40, 1, OPTIONS.reading()).digest()).isEqualTo(before);
    Set<String> digests = new TreeSet<>(Set.of(before));

    for (String label :
        List.of(ofSeed(1).streamed().get(0), ofSeed(1).heldOut(HeldOutPart.BOTH).get(0))) {
      Path ofClass = folder.resolve(label);
      Files.copy(ofClass.resolve("0.png"), ofClass.resolve("4.png"));
      digests.add(trials().trial(40, 1, OPTIONS.reading()).digest());
      Files.write(
          ofClass.resolve("4.png"),
          PixelImages.toPng(new PixelImage(new ImageShape(1, 32, 32), new byte[32 * 32])));
      digests.add(trials().trial(40, 1, OPTIONS.reading()).digest());
    }

    assertThat(digests).hasSize(5);
  }

  @Test
  void aPictureThatIsAllBlackIsMeasuredWith() throws IOException {
    writeIcons(8, 4);
    try (var classes = Files.list(folder)) {
      for (Path ofClass : classes.toList()) {
        Files.write(
            ofClass.resolve("black.png"),
            PixelImages.toPng(new PixelImage(new ImageShape(1, 32, 32), new byte[32 * 32])));
      }
    }

    Measurement byPixels = trials().trial(1, 1, OPTIONS.reading()).heldOut().ofRawPixels();

    assertThat(byPixels.probes()).isEqualTo(20);
    assertThat(byPixels.distances().inter().value()).isBetween(0.0, 1.0);
  }

  @Test
  void behindABackboneThePixelsThemselvesAreComparedToo() throws IOException {
    writeIcons(8, 4);
    ContentDecoder toFeatures =
        new ContentDecoder(
            OPTIONS.decoders().apply(new ImageShape(1, 8, 8)),
            pixels -> BackboneFeatures.scaled(new float[] {1, 2}),
            1,
            (count, piece) -> IntStream.range(0, count).forEach(piece));

    HeldOutImages behind = trials().trial(1, 1, new ImageReading(toFeatures)).heldOut();

    assertThat(behind.ofRawPixels().found())
        .usingRecursiveComparison()
        .isEqualTo(trials().trial(1, 1, OPTIONS.reading()).heldOut().ofRawPixels().found());
    assertThat(trials().ofStreamed(Set.of(firstClass()), 1, new ImageReading(toFeatures)).size())
        .isEqualTo(4);
  }

  private ConceptSplit ofSeed(long seed) {
    return ConceptSplit.of(open(folder).labels(), seed);
  }

  private String firstClass() throws IOException {
    try (var classes = Files.list(folder)) {
      return classes.findFirst().orElseThrow().getFileName().toString();
    }
  }

  private DatasetTrials trials() {
    return trials(HeldOutPart.BOTH);
  }

  private DatasetTrials trials(HeldOutPart on) {
    return trials(on, 2);
  }

  private DatasetTrials trials(HeldOutPart on, int seeds) {
    ImageDataset dataset = open(folder);
    return new DatasetTrials(dataset, dataset, on, seeds, warnings::add);
  }

  private static ImageDataset open(Path folder) {
    return Datasets.open(folder, DatasetOptions.of(Part.TRAIN));
  }

  private Set<String> measured(HeldOutPart on) throws IOException {
    return trials(on).trial(1, 1, OPTIONS.reading()).heldOut().ofRawPixels().found().keySet();
  }

  private void writeMore(int classes) throws IOException {
    Path source;
    try (var all = Files.list(folder)) {
      source = all.findFirst().orElseThrow();
    }
    for (long have = folder.toFile().list().length; have < classes; have++) {
      Path added = Files.createDirectory(folder.resolve("more" + have));
      try (var images = Files.list(source)) {
        for (Path image : images.toList()) {
          Files.copy(image, added.resolve(image.getFileName()));
        }
      }
    }
  }

  private static List<String> ids(Trial trial) {
    return trial.stream().stream().map(LabeledImage::id).toList();
  }

  private static void keepOne(Path ofClass) throws IOException {
    try (var images = Files.list(ofClass)) {
      for (Path image : images.skip(1).toList()) {
        Files.delete(image);
      }
    }
  }

  private void writeIcons(int classes, int imagesOfEach) throws IOException {
    IconCatalog catalog = IconCatalog.shared();
    List<String> concepts =
        catalog.concepts().stream()
            .filter(concept -> catalog.icons(concept).size() >= imagesOfEach)
            .limit(classes)
            .toList();
    for (String concept : concepts) {
      Path ofClass = Files.createDirectory(folder.resolve(concept));
      List<EncodedImage> images =
          new IconDataset(catalog, List.of(concept)).images().limit(imagesOfEach).toList();
      for (int image = 0; image < images.size(); image++) {
        Files.write(ofClass.resolve(image + ".png"), images.get(image).bytes());
      }
    }
  }
}
