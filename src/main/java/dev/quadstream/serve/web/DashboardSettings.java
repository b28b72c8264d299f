package dev.quadstream.serve.web;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.http.Binding;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.core.fs.Path;

/**
 * What the page shows, and where.
 *
 * @param kafka where it is
 * @param topics the run's topics
 * @param group the consumer group of the job, whose lag is shown, and its name in Flink
 * @param registry directory of the model files
 * @param networkName the network's name
 * @param images how images are read
 * @param flinkPage Flink's own page, for the link, the job's state and the checkpoints; null for
 *     none
 * @param heldOut images of the network's input shape that are never streamed, to measure each model
 *     on, the same at each call, first asked for when there is a model; empty for none
 * @param maxQuestions among how many of the last images without a label people are asked to label
 *     some, which is written to the labels topic: as many as wait for one in the job; 0 where no
 *     labels are taken
 * @param binding where the page is served
 */
public record DashboardSettings(
    KafkaConnection kafka,
    Topics topics,
    String group,
    Path registry,
    String networkName,
    Images images,
    URI flinkPage,
    Supplier<List<LabeledImage>> heldOut,
    int maxQuestions,
    Binding binding) {

  /**
   * How images are read, which is as the job does it.
   *
   * @param parser of the images topic
   * @param elsewhere reads images that are not in their records
   * @param decoders to a size, with the limits and the ground of the job
   */
  public record Images(
      ImageRecordParser parser,
      ReferencedContent elsewhere,
      Function<ImageShape, ImageDecoder> decoders) {}

  public DashboardSettings {
    if (flinkPage != null && !List.of("http", "https").contains(flinkPage.getScheme())) {
      throw new IllegalArgumentException(
          "Flink's page is an address such as http://localhost:8081, not '%s'."
              .formatted(flinkPage));
    }
  }
}
