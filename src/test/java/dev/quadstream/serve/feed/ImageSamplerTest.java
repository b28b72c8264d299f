package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.stream.options.PipelineSettings;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSamplerTest {

  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  @ParameterizedTest
  @CsvSource({"1 h, 0", "1 d, 1"})
  void takesWhatTheJobTakes(String maxAhead, int images) {
    PipelineSettings settings =
        PipelineSettings.of(Configuration.fromMap(Map.of("image.max-ahead", maxAhead)));
    Gallery gallery = new Gallery(8, 8);
    byte[] png = PixelImages.toPng(new PixelImage(SHAPE, new byte[SHAPE.size()]));
    ConsumerRecord<byte[], byte[]> message =
        new ConsumerRecord<>("images", 0, 0, "cup-1".getBytes(UTF_8), png);
    long inThreeHours = System.currentTimeMillis() + Duration.ofHours(3).toMillis();
    message
        .headers()
        .add("label", "cup".getBytes(UTF_8))
        .add("captured-at", Long.toString(inThreeHours).getBytes(UTF_8));

    new ImageSampler(gallery, settings.parser())
        .take(message, new ImageDecoder(SHAPE, ImageLimits.defaults()));

    assertThat(gallery.images()).hasSize(images);
  }
}
