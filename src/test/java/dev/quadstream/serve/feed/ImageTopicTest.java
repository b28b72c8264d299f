package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.serve.state.ClassArrivals;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.MapFrame;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ImageTopicTest {

  private final ModelsState models = new RunState("network").models();
  private final Gallery gallery = new Gallery(8, 8);
  private final EncodedImages encoded = new EncodedImages(1 << 20, ReferencedContent.NOWHERE);
  private final ClassArrivals arrivals = new ClassArrivals();
  private final ImageTopic topic =
      new ImageTopic(
          new Topics(""),
          models,
          gallery,
          encoded,
          arrivals,
          PipelineSettings.of(new Configuration()).parser(),
          shape -> new ImageDecoder(shape, ImageLimits.defaults()));

  @Test
  void anImageThatIsRemovedLeavesEveryFrameAndWhateverNamesIt() {
    publish("run", "1x28x28");
    topic.take(image("cup-1"));
    topic.take(image("cup-2"));
    List<LabeledImage> both = gallery.images();
    for (int version = 1; version <= 2; version++) {
      models
          .frames()
          .add(new MapFrame(version, 0, both, new float[][] {{1}, {2}}, new double[2][2]));
    }
    models
        .frames()
        .add(
            new MapFrame(
                3, 0, List.of(gallery.images().get(0)), new float[1][1], new double[1][2]));

    topic.take(removal(both.get(0)));

    assertThat(models.frames().all())
        .extracting(MapFrame::version)
        .as("one that has no image left goes")
        .containsExactly(1L, 2L);
    for (MapFrame frame : models.frames().all()) {
      assertThat(frame.images()).containsExactly(both.get(1));
      assertThat(frame.embeddings()).isDeepEqualTo(new float[][] {{2}});
      assertThat(frame.points()).hasNumberOfRows(1);
    }
    assertThat(gallery.images()).containsExactly(both.get(1));
    assertThat(encoded.contains(both.get(0).id())).isFalse();

    topic.take(removal(both.get(1)));
    assertThat(arrivals.newest()).isEmpty();
    assertThat(models.frames().all()).isEmpty();
  }

  @Test
  void aRunOfAnotherSizeBringsWhatIsAtHandToThat() {
    publish("run", "1x28x28");
    topic.take(image("cup-1"));
    gallery.offer(
        new LabeledImage(
            "gone", "cup", 0, new PixelImage(new ImageShape(1, 28, 28), new byte[28 * 28])));

    publish("run-2", "3x32x32");
    topic.take(image("cup-2"));

    assertThat(gallery.images())
        .extracting(LabeledImage::id)
        .containsExactlyInAnyOrder("cup-1", "cup-2");
    assertThat(gallery.images())
        .allMatch(image -> image.pixels().shape().equals(new ImageShape(3, 32, 32)));
  }

  private void publish(String run, String input) {
    models.add(
        ModelManifest.draft(
            new ModelManifest.Identity("network", run, 1),
            0,
            1,
            new ModelManifest.Network("hash", "small", "learned", 16, input, null),
            new ModelManifest.Margins(0.5, 0.25),
            Map.of()));
    assertThat(topic.depths()).containsOnlyKeys("images");
  }

  private static ConsumerRecord<byte[], byte[]> removal(LabeledImage image) {
    return new ConsumerRecord<>("images", 0, 1, image.id().getBytes(UTF_8), null);
  }

  private static ConsumerRecord<byte[], byte[]> image(String id) {
    ImageShape shape = new ImageShape(1, 28, 28);
    byte[] png = PixelImages.toPng(new PixelImage(shape, new byte[shape.size()]));
    ConsumerRecord<byte[], byte[]> message =
        new ConsumerRecord<>("images", 0, 0, id.getBytes(UTF_8), png);
    message.headers().add("label", "cup".getBytes(UTF_8));
    return message;
  }
}
