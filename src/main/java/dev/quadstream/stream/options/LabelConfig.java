package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;

/** Options of labels that come apart from their images. */
public final class LabelConfig {

  public static final ConfigOption<Duration> WAIT =
      key("labels.wait")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription(
              "How long an image without a label waits for one, and a label for its image, by the clock of the job. What has waited for so long is counted and waits no longer; a label may still correct what the memory holds.");

  public static final ConfigOption<Integer> CAPACITY =
      key("labels.capacity")
          .intType()
          .defaultValue(4_096)
          .withDescription(
              "How many images without a label wait at the most, in the whole job, and how many labels. Beyond it the oldest are counted and wait no longer. An image takes channels × height × width + about 300 bytes of heap and checkpoint. 0: none waits, and labels correct only what the memory holds.");

  private LabelConfig() {}
}
