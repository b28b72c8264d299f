package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.evaluation.CrossedBootstrap;
import dev.quadstream.experiment.SeenClasses.Age;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecallByAgeTest {

  private static final PixelImage BLACK = new PixelImage(new ImageShape(1, 8, 8), new byte[64]);

  @Test
  void anAgeCountsTheImagesFromTheFirstAndTheLastOfAClassToTheEnd() {
    assertThat(SeenClasses.ages(stream("a", "b", "a", "c")))
        .isEqualTo(Map.of("a", new Age(4, 2), "b", new Age(3, 3), "c", new Age(1, 1)));
  }

  @Test
  void classesAreGroupedByTheirAgeWithinTheBounds() {
    Map<String, Age> first =
        Map.of(
            "new", new Age(1, 1),
            "edge", new Age(2_048, 256),
            "beyond", new Age(2_049, 257),
            "old", new Age(9_000, 8_193));
    Map<String, Age> second = Map.of("new", new Age(5, 5));
    List<AblationReport.Remembered> groups =
        new RecallByAge(new CrossedBootstrap(100, 1), List.of(first, second))
            .of(
                "row",
                List.of(
                    seeing(
                        Map.of(
                            "new", new double[] {1, 1},
                            "edge", new double[] {0},
                            "beyond", new double[] {0},
                            "old", new double[] {1})),
                    seeing(Map.of("new", new double[] {1, 0}))));

    assertThat(groups)
        .extracting(AblationText::classes)
        .containsExactly(
            "last seen 1 to 256 images ago",
            "last seen 257 to 2,048 images ago",
            "last seen more than 8,192 images ago",
            "first seen 1 to 256 images ago",
            "first seen 257 to 2,048 images ago",
            "first seen 2,049 to 8,192 images ago",
            "first seen more than 8,192 images ago");
    assertThat(groups)
        .extracting(AblationReport.Remembered::classes)
        .containsExactly(1.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5);
    // Of the first seed two of three probes, of the second one of two.
    assertThat(groups.get(0).recallAt1().value()).isCloseTo((2 / 3.0 + 1 / 2.0) / 2, within(1e-9));
    assertThat(groups.get(2).recallAt1().value()).isEqualTo(1);
  }

  private static Measurement seeing(Map<String, double[]> seen) {
    return new Measurement(Map.of(), null, null, seen);
  }

  private static List<LabeledImage> stream(String... labels) {
    return Stream.of(labels).map(label -> new LabeledImage("id", label, 0, BLACK)).toList();
  }
}
