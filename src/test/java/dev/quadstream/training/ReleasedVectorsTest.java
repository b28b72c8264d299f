package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReleasedVectorsTest {

  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
  private static final PixelImage PIXEL = new PixelImage(SHAPE, new byte[64]);

  /** It may have come anew where another replica trained on it. */
  @Test
  void ofAnImageThatIsInAnotherMemoryNowNothingIsKeptWhenThatIsTakenOver() {
    float[] vector = {1};
    ExemplarMemory memory = new ExemplarMemory(4);
    memory.offer(new Exemplar(image("stays"), vector, 8), new SplittableRandom(1));
    ReleasedVectors vectors =
        new ReleasedVectors(
            8, Map.of("stays", vector, "went", vector), 12, Map.of("stays", vector));

    vectors.keepOnly(memory);

    assertThat(vectors.byId()).containsOnlyKeys("stays");
    assertThat(vectors.candidate()).isEqualTo(ReleasedVectors.NO_CANDIDATE);
    assertThat(vectors.candidateById()).isEmpty();
  }

  private static LabeledImage image(String id) {
    return new LabeledImage(id, "cup", 0, PIXEL);
  }
}
