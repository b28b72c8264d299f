package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.backbone.BackboneOptions;
import dev.quadstream.backbone.OnnxBackbone;
import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackbonesTest {

  /** As the page, search and reindexing meet those that were dead letters to the job. */
  @Test
  void anImageThatABackboneMakesNothingOfIsLeftOutAndTheOthersAreReadAsEver() {
    // Of bytes, so that a black image has no feature but 0.
    OnnxBackbone backbone =
        OnnxBackbone.load("net.onnx", TestingOnnx.bytesOneOutput(1), BackboneOptions.usual());
    Backbones.put(backbone);
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.ADAPTER,
            backbone.input(),
            backbone.spec(),
            16,
            MetricKind.LEARNED,
            UpdaterKind.ADAM,
            1e-3,
            7);
    List<PixelImage> images = new ArrayList<>();
    Random random = new Random(5);
    for (int image = 0; image < 9; image++) {
      byte[] pixels = new byte[backbone.input().size()];
      if (image != 4) {
        random.nextBytes(pixels);
      }
      images.add(new PixelImage(backbone.input(), pixels));
    }
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      List<Optional<ImageContent>> readable = network.readable(images);
      assertThat(readable).hasSize(9);
      assertThat(readable.get(4)).isEmpty();
      assertThatThrownBy(() -> network.contents(images))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("features are 0");

      images.remove(4);
      assertThat(readable.stream().flatMap(Optional::stream).toList())
          .isEqualTo(network.contents(images));
    }
  }
}
