package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OnePassTest {

  @Test
  void classifiesTestImagesByNeighboursAndByThePlainClassifier() throws IOException {
    Map<String, String> options =
        Map.of("image.height", "28", "image.width", "28", "training.warm-up-windows", "3");

    List<String> said = new ArrayList<>();

    OnePassReport report =
        new OnePass(TestingOptions.read(options), options, said::add)
            .run(bands("train", 640), bands("test", 80));

    assertThat(said.get(0)).contains("2 images could not be read", "the first one train/no");
    assertThat(report.trainingImages()).isEqualTo(640);
    assertThat(report.testImages()).isEqualTo(80);
    assertThat(report.quadruplet().value()).isGreaterThan(0.95);
    assertThat(report.classifier().value()).isGreaterThan(0.8);
    assertThat(report.classifierEmbedding().value()).isGreaterThan(0.95);
    assertThat(report.rawPixels().value()).isGreaterThan(0.95);
    assertThat(report.options()).containsEntry("training.warm-up-windows", "3");
  }

  @Test
  void figuresOfANetworkThatLearnedNothingAreNoResult() {
    Map<String, String> options =
        Map.of("image.height", "28", "image.width", "28", "training.gradient-norm-limit", "1e-9");
    OnePass onePass = new OnePass(TestingOptions.read(options), options, said -> {});

    assertThatThrownBy(() -> onePass.run(bands("train", 320), bands("test", 80)))
        .hasMessageContainingAll("No window trained anything", "above the limit 1.00e-09");
  }

  @Test
  void anImageOfAClassThatTrainingLacksIsWronglyClassifiedByEach() throws IOException {
    Map<String, String> options =
        Map.of("image.height", "28", "image.width", "28", "training.warm-up-windows", "3");

    OnePassReport report =
        new OnePass(TestingOptions.read(options), options, said -> {})
            .run(bands("train", 320), bands("test", 80, 5));

    assertThat(report.rawPixels().value()).isBetween(0.5, 0.9);
    assertThat(report.quadruplet().value()).isBetween(0.5, 0.9);
    assertThat(report.classifierEmbedding().value()).isBetween(0.5, 0.9);
  }

  /** Four classes: a bright band at one of four heights, in noise. */
  private static ImageDataset bands(String name, int count) {
    return bands(name, count, 4);
  }

  /** The fifth has no band. */
  private static ImageDataset bands(String name, int count, int classes) {
    return new ImageDataset() {
      @Override
      public DatasetSurvey survey() {
        throw new UnsupportedOperationException("Not looked at here.");
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public SortedMap<String, Integer> classSizes() {
        int each = count / 4;
        return new TreeMap<>(
            Map.of("height-0", each, "height-1", each, "height-2", each, "height-3", each));
      }

      @Override
      public Stream<EncodedImage> images() {
        SplittableRandom random = new SplittableRandom(count);
        EncodedImage damaged = new EncodedImage(name + "/no", "height-0", "image/png", new byte[3]);
        return Stream.concat(
            Stream.of(damaged), IntStream.range(0, count).mapToObj(index -> band(index, random)));
      }

      private EncodedImage band(int index, SplittableRandom random) {
        int height = random.nextInt(classes);
        byte[] pixels = new byte[28 * 28];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (byte) (random.nextInt(100) + (i / 28 / 7 == height ? 100 : 0));
        }
        PixelImage image = new PixelImage(new ImageShape(1, 28, 28), pixels);
        return new EncodedImage(
            name + "/" + index, "height-" + height, "image/png", PixelImages.toPng(image));
      }
    };
  }
}
