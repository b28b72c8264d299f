package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.Orientation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of how images are changed before they are trained on. */
public final class AugmentationConfig {

  public static final ConfigOption<Double> SHIFT =
      key("augmentation.shift")
          .doubleType()
          .defaultValue(0.03)
          .withDescription(
              "Images are trained on shifted by up to this fraction of their side. 0 is off.");

  public static final ConfigOption<Double> ROTATION =
      key("augmentation.rotation")
          .doubleType()
          .defaultValue(0.05)
          .withDescription("Images are trained on rotated by up to this many radians. 0 is off.");

  public static final ConfigOption<Double> SCALE =
      key("augmentation.scale")
          .doubleType()
          .defaultValue(0.05)
          .withDescription("Images are trained on scaled by up to this fraction. 0 is off.");

  public static final ConfigOption<Orientation.Choice> ORIENTATIONS =
      key("augmentation.orientations")
          .enumType(Orientation.Choice.class)
          .defaultValue(Orientation.Choice.ALL)
          .withDescription(
              "Each batch is trained on in an orientation drawn from these, all its images in the same. UPRIGHT is off; MIRRORED, left to right; ALL, also upside down and, where images are square, on their sides. It helps with classes that were never seen.");

  private AugmentationConfig() {}

  /** How each image is moved. */
  static ImageAugmentation of(ReadableConfig config) {
    return new ImageAugmentation(config.get(SHIFT), config.get(ROTATION), config.get(SCALE));
  }
}
