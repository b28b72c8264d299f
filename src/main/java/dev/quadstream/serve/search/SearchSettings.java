package dev.quadstream.serve.search;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.http.Binding;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.core.fs.Path;

/**
 * What is searched, and where.
 *
 * @param kafka where it is
 * @param topics the run's topics
 * @param registry directory of the model files
 * @param networkName the network's name
 * @param group the consumer group that remembers which questions have been answered
 * @param falseAcceptRate the share of images of new classes that may be taken for known, above 0
 *     and below 1
 * @param images how images are read
 * @param indexes how they are kept
 * @param binding where answers are given
 */
public record SearchSettings(
    KafkaConnection kafka,
    Topics topics,
    Path registry,
    String networkName,
    String group,
    double falseAcceptRate,
    Images images,
    Indexes indexes,
    Binding binding) {

  /**
   * How indexes are kept.
   *
   * @param snapshot the file that keeps what was read of the topics, if there is to be one
   * @param exactUpTo how many images of a release are searched exactly
   */
  public record Indexes(Optional<java.nio.file.Path> snapshot, int exactUpTo) {

    /** Up to here an exact search takes some tens of milliseconds. */
    public static final int DEFAULT_EXACT_UP_TO = 500_000;

    public Indexes {
      if (exactUpTo < 0) {
        throw new IllegalArgumentException(
            "The images that are searched exactly are 0 or more, not " + exactUpTo + ".");
      }
    }

    /** Without a snapshot. */
    public static Indexes defaults() {
      return new Indexes(Optional.empty(), DEFAULT_EXACT_UP_TO);
    }
  }

  /**
   * How images are read.
   *
   * @param decoders to a size, with the limits and the ground of the job
   * @param limits of an image
   */
  public record Images(Function<ImageShape, ImageDecoder> decoders, ImageLimits limits) {}

  public SearchSettings {
    if (!(falseAcceptRate > 0 && falseAcceptRate < 1)) {
      throw new IllegalArgumentException(
          "The false accept rate is above 0 and below 1, not " + falseAcceptRate + ".");
    }
  }
}
