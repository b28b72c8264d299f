package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.image.Ground;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageRecordParser.Unlabelled;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** Options of reading and decoding images. */
public final class ImageConfig {

  public static final ConfigOption<Integer> CHANNELS =
      key("image.channels")
          .intType()
          .defaultValue(1)
          .withDescription("Channels that the network reads: 1 (grey) or 3 (colour).");

  public static final ConfigOption<Integer> HEIGHT =
      key("image.height")
          .intType()
          .defaultValue(32)
          .withDescription("Height in pixels that images are resized to.");

  public static final ConfigOption<Integer> WIDTH =
      key("image.width")
          .intType()
          .defaultValue(32)
          .withDescription("Width in pixels that images are resized to.");

  public static final ConfigOption<MemorySize> MAX_BYTES =
      key("image.max-bytes")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(10))
          .withDescription(
              "A record whose key, value and headers take more becomes a dead letter, unread. Each header counts 100 bytes beyond its name and value.");

  public static final ConfigOption<String> ADDRESSES =
      key("image.addresses")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Where images may be fetched from that records name by address in place of their bytes, as prefixes separated by commas, such as s3://photos/,file:///data/photos/. On any file system that Flink knows. Empty: from nowhere, and such records are dead letters.");

  public static final ConfigOption<Long> MAX_PIXELS =
      key("image.max-pixels")
          .longType()
          .defaultValue(50_000_000L)
          .withDescription(
              "An image with more pixels becomes a dead letter, before it is decoded. For WebP, whose codec needs 25 bytes of heap a pixel, an eighth of it; the coefficients of a progressive JPEG may take two bytes for each pixel of it.");

  public static final ConfigOption<String> GROUND =
      key("image.ground")
          .stringType()
          .defaultValue("white")
          .withDescription(
              "What is seen where a picture is transparent: white, black, grey or a colour such as #c0ffee.");

  public static final ConfigOption<Duration> MAX_AHEAD =
      key("image.max-ahead")
          .durationType()
          .defaultValue(CaptureTime.USUALLY_AHEAD)
          .withDescription(
              "An image whose captured-at lies further ahead of its record's own time, or of the clock, becomes a dead letter: in event time all that come after it would be late.");

  public static final ConfigOption<Unlabelled> UNLABELLED =
      key("images.unlabelled")
          .enumType(Unlabelled.class)
          .defaultValue(Unlabelled.QUESTION)
          .withDescription(
              "What an image without a label is. question: embedded by the released model and put out on embeddings with the label null, never trained on. dead-letter: refused as missing-label.");

  private ImageConfig() {}

  /** The size of the images that the network reads. */
  static ImageShape shape(ReadableConfig config) {
    return new ImageShape(config.get(CHANNELS), config.get(HEIGHT), config.get(WIDTH));
  }

  /** Refuses a size that was set and is not the one that a backbone reads. */
  static void requireUnsetOr(ReadableConfig config, ImageShape shape) {
    requireUnsetOr(config, CHANNELS, shape.channels());
    requireUnsetOr(config, HEIGHT, shape.height());
    requireUnsetOr(config, WIDTH, shape.width());
  }

  private static void requireUnsetOr(
      ReadableConfig config, ConfigOption<Integer> option, int read) {
    int set = config.getOptional(option).orElse(read);
    if (set != read) {
      throw new InvalidOptionException(
          option.key(),
          Integer.toString(set),
          "the backbone %s reads %d: leave the option out, the size is the backbone's"
              .formatted(config.get(NetworkConfig.BACKBONE), read));
    }
  }

  /** What is seen where a picture is transparent. */
  static Ground ground(ReadableConfig config) {
    return Ground.parse(config.get(GROUND));
  }

  /** What is refused before it is decoded. */
  static ImageLimits limits(ReadableConfig config) {
    return new ImageLimits(
        Math.toIntExact(config.get(MAX_BYTES).getBytes()), config.get(MAX_PIXELS));
  }
}
