package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.stream.operator.ImageFetch;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSamplerTest {

  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  @TempDir private Path photos;

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

    new ImageSampler(gallery, ReferencedContent.NOWHERE)
        .take(
            settings.parser().parse(SourceRecord.of(message)),
            new ImageDecoder(SHAPE, ImageLimits.defaults()));

    assertThat(gallery.images()).hasSize(images);
  }

  /** Its store is there for the next ones. */
  @Test
  void oneImageThatIsGoneKeepsNoOtherOut() {
    Gallery gallery = new Gallery(8, 8);
    byte[] png = PixelImages.toPng(new PixelImage(SHAPE, new byte[SHAPE.size()]));
    ImageSampler sampler =
        new ImageSampler(
            gallery,
            image -> {
              if (image.id().equals("cup-2")) {
                throw new IOException("gone");
              }
              return png;
            });
    ImageDecoder decoder = new ImageDecoder(SHAPE, ImageLimits.defaults());

    for (int i = 1; i <= 4; i++) {
      sampler.take(new ImageReferenced("cup-" + i, "cup", 0, "s3://photos/cup.png"), decoder);
    }

    assertThat(gallery.images()).hasSize(3);
    assertThat(sampler.problem()).isNull();
  }

  /** By the rules of the job. */
  @ParameterizedTest
  @CsvSource({"true, 1", "false, 0"})
  void anImageThatIsNotInItsRecordIsReadFromWhereTheJobMay(boolean allowed, int images)
      throws Exception {
    Path file = photos.resolve("cup.png");
    Files.write(file, PixelImages.toPng(new PixelImage(SHAPE, new byte[SHAPE.size()])));
    PipelineSettings settings =
        PipelineSettings.of(
            Configuration.fromMap(
                allowed ? Map.of("image.addresses", photos.toUri().toString()) : Map.of()));
    Gallery gallery = new Gallery(8, 8);
    ImageSampler sampler = new ImageSampler(gallery, ImageFetch.of(settings));
    ImageDecoder decoder = new ImageDecoder(SHAPE, ImageLimits.defaults());

    sampler.take(new ImageReferenced("cup-1", "cup", 0, file.toUri().toString()), decoder);

    assertThat(gallery.images()).hasSize(images);
    if (allowed) {
      assertThat(sampler.problem()).isNull();
    } else {
      assertThat(sampler.problem()).contains("cup.png", "set the option image.addresses");
    }
  }
}
