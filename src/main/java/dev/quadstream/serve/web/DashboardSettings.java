package dev.quadstream.serve.web;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.Topics;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import org.apache.flink.core.fs.Path;

/**
 * What the page shows, and where.
 *
 * @param bootstrapServers Kafka, comma-separated {@code host:port}
 * @param kafkaProperties further client settings such as security
 * @param topics the run's topics
 * @param group the consumer group of the job, whose lag is shown
 * @param registry directory of the model files
 * @param networkName the network's name
 * @param decoders of images to a size, with the limits and the ground of the job
 * @param flinkPage Flink's own page, for the link, the job's state and the checkpoints; null for
 *     none
 * @param heldOut images of the network's input shape that are never streamed, to measure each model
 *     on; empty for none
 * @param bind address of the interface to serve on; another than a loopback one needs a token
 * @param port TCP port, 0 for any free one
 * @param token asked of every browser; null for none, or for one that is made up where a token is
 *     needed
 */
public record DashboardSettings(
    String bootstrapServers,
    Properties kafkaProperties,
    Topics topics,
    String group,
    Path registry,
    String networkName,
    Function<ImageShape, ImageDecoder> decoders,
    URI flinkPage,
    List<LabeledImage> heldOut,
    String bind,
    int port,
    String token) {

  private static final int SHORTEST_TOKEN = 8;

  public DashboardSettings {
    heldOut = List.copyOf(heldOut);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("The page's port is 0 to 65535, not " + port + ".");
    }
    if (token != null && !token.matches("[A-Za-z0-9_-]{" + SHORTEST_TOKEN + ",200}")) {
      throw new IllegalArgumentException(
          "The page's token has %d to 200 letters, digits, underscores and hyphens."
              .formatted(SHORTEST_TOKEN));
    }
    if (flinkPage != null && !List.of("http", "https").contains(flinkPage.getScheme())) {
      throw new IllegalArgumentException(
          "Flink's page is an address such as http://localhost:8081, not '%s'."
              .formatted(flinkPage));
    }
  }

  /**
   * The interface to serve on.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  InetAddress bindAddress() {
    try {
      return InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "The page cannot be bound to '%s': no such address. Use 127.0.0.1 for this machine only or 0.0.0.0 for all its interfaces."
              .formatted(bind),
          e);
    }
  }
}
