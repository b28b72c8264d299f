package dev.quadstream.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.quadstream.backbone.TestingBackbone;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.PixelImages;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.web.TestingTopics;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.Message;

class ProjectorExportIT {

  private static final Topics TOPICS = new Topics("export.");

  @TempDir private Path directory;

  @Test
  void writesTheFourFilesThatTheProjectorReads() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("kafka"), 0)) {
      try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
        admin.create(TOPICS, 1, 1);
      }
      ProjectorExport export =
          new ProjectorExport(
              broker.connection(),
              TOPICS,
              new ModelRegistry(
                  new org.apache.flink.core.fs.Path(directory.resolve("models").toUri())),
              TestingTopics.NETWORK,
              new ImageRecordParser(
                  Topics.MAX_MESSAGE_BYTES,
                  new CaptureTime(CaptureTime.USUALLY_AHEAD),
                  ImageRecordParser.Unlabelled.QUESTION),
              ReferencedContent.NOWHERE,
              shape -> new ImageDecoder(shape, ImageLimits.defaults()));
      Path out = directory.resolve("projector");
      assertThatThrownBy(() -> export.write(out, 100))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no model of the network 'test-network'");

      try (TestingTopics run =
          new TestingTopics(broker.bootstrapServers(), TOPICS, directory.resolve("models"))) {
        run.sendImages();
        run.publish(16);
      }
      ProjectorExport.Written written = export.write(out, 100);

      assertThat(written).isEqualTo(new ProjectorExport.Written(16, 48, 6, 0));
      List<String> vectors = Files.readAllLines(out.resolve("vectors.tsv"));
      assertThat(vectors).hasSize(48);
      double length = 0;
      for (String value : vectors.get(0).split("\t", -1)) {
        length += Math.pow(Double.parseDouble(value), 2);
      }
      assertThat(length).isBetween(0.999, 1.001);
      List<String> metadata = Files.readAllLines(out.resolve("metadata.tsv"));
      assertThat(metadata).hasSize(49).startsWith("label\tid");
      assertThat(metadata).allMatch(line -> line.split("\t", -1).length == 2);
      BufferedImage sprite = ImageIO.read(out.resolve("sprite.png").toFile());
      assertThat(sprite.getWidth()).isEqualTo(7 * 28);
      Message embedding = TestingProjectorConfig.read(out.resolve("projector_config.pbtxt"));
      assertThat(TestingProjectorConfig.value(embedding, "tensor_path")).isEqualTo("vectors.tsv");
      assertThat(TestingProjectorConfig.value(embedding, "metadata_path"))
          .isEqualTo("metadata.tsv");
      Message pictures = (Message) TestingProjectorConfig.value(embedding, "sprite");
      assertThat(TestingProjectorConfig.value(pictures, "image_path")).isEqualTo("sprite.png");
      assertThat(TestingProjectorConfig.value(pictures, "single_image_dim"))
          .isEqualTo(List.of(28, 28));
      assertThatAStreamThatGoesOnIsExportedToo(broker, export, out);
      assertThatWhatABackboneMakesNothingOfIsLeftOut(broker, export, out);
    }
  }

  private void assertThatWhatABackboneMakesNothingOfIsLeftOut(
      KafkaBroker broker, ProjectorExport export, Path out) throws Exception {
    NetworkSpec spec = TestingBackbone.network();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec);
        KafkaImageProducer sender = new KafkaImageProducer(broker.connection(), TOPICS.images())) {
      new ModelRegistry(new org.apache.flink.core.fs.Path(directory.resolve("models").toUri()))
          .publish(
              ModelManifest.draft(
                  new ModelManifest.Identity(TestingTopics.NETWORK, "behind-a-backbone", 8),
                  7,
                  Long.MAX_VALUE,
                  new ModelManifest.Network(
                      spec.configHash(),
                      spec.trunk().optionName(),
                      "learned",
                      16,
                      spec.input().toString(),
                      null),
                  new ModelManifest.Margins(0.5, 0.25),
                  Map.of()),
              ModelFile.write(network, new ModelInfo(8, 0.5, 0.25, Map.of())));
      sender.send("black", "dark", "image/png", PixelImages.toPng(TestingBackbone.BLACK), 1_000);
    }

    assertThat(export.write(out, 100)).isEqualTo(new ProjectorExport.Written(8, 48, 6, 1));
    assertThat(Files.readString(out.resolve("metadata.tsv"))).doesNotContain("black");
  }

  private void assertThatAStreamThatGoesOnIsExportedToo(
      KafkaBroker broker, ProjectorExport export, Path out) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (TestingTopics run =
        new TestingTopics(broker.bootstrapServers(), TOPICS, directory.resolve("models"))) {
      CompletableFuture<Void> stream =
          CompletableFuture.runAsync(
              () -> {
                while (!over.get()) {
                  run.sendImages();
                }
              });
      try {
        ProjectorExport.Written written =
            assertTimeoutPreemptively(Duration.ofMinutes(2), () -> export.write(out, 100));

        assertThat(written).isEqualTo(new ProjectorExport.Written(16, 48, 6, 0));
        assertThat(stream).isNotDone();
      } finally {
        over.set(true);
        stream.get(1, TimeUnit.MINUTES);
      }
    }
  }
}
