package dev.quadstream.serve.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.serve.state.MapSummary.Confusion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MapFramesTest {

  @Test
  void theOldestAndTheNewestStayWhenOthersAreThinnedOut() {
    MapFrames frames = new MapFrames(6);
    for (int version = 1; version <= 100; version++) {
      frames.add(frame(version, "a", "b"));
    }

    assertThat(frames.all()).hasSizeLessThanOrEqualTo(6);
    assertThat(frames.all()).extracting(MapFrame::version).isSorted().contains(1L, 99L, 100L);
    assertThat(frames.before(100)).map(MapFrame::version).contains(99L);
    assertThat(frames.of(2)).isEmpty();
  }

  @Test
  void anImageMayBeTakenOffOneFrameAlone() {
    MapFrames frames = new MapFrames(6);
    frames.add(frame(1, "a", "b"));
    frames.add(frame(2, "a", "b"));

    frames.remove(2, "a");

    assertThat(frames.all()).extracting(frame -> frame.images().size()).containsExactly(2, 1);
  }

  @Test
  void pointsTravelAsLittleEndianFloats() {
    MapFrame frame =
        new MapFrame(1, 0, List.of(image("a")), new float[1][2], new double[][] {{0.5, -2}});

    ByteBuffer bytes = ByteBuffer.wrap(frame.pointBytes()).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(bytes.remaining()).isEqualTo(8);
    assertThat(bytes.getFloat()).isEqualTo(0.5f);
    assertThat(bytes.getFloat()).isEqualTo(-2f);
  }

  @Test
  void confusionsNameTheClassOfTheNearestNeighbour() {
    List<LabeledImage> images = List.of(image("a"), image("a"), image("b"), image("c"));
    float[][] embeddings = {{0}, {5}, {4.9f}, {-1}};
    Confusions confusions =
        new Confusions(new MapFrame(1, 0, images, embeddings, new double[4][2]));

    assertThat(confusions.recallAt1()).isEqualTo(0.0);
    assertThat(confusions.most(9))
        .extracting(Confusion::label, Confusion::takenFor)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("a", "c"),
            org.assertj.core.groups.Tuple.tuple("a", "b"),
            org.assertj.core.groups.Tuple.tuple("b", "a"),
            org.assertj.core.groups.Tuple.tuple("c", "a"));
  }

  private static MapFrame frame(long version, String... labels) {
    List<LabeledImage> images = new ArrayList<>();
    for (String label : labels) {
      images.add(image(label));
    }
    return new MapFrame(
        version, 0, images, new float[labels.length][2], new double[labels.length][2]);
  }

  private static LabeledImage image(String label) {
    return new LabeledImage(label, label, 0, new PixelImage(new ImageShape(1, 8, 8), new byte[64]));
  }
}
