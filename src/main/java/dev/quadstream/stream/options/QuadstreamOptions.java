package dev.quadstream.stream.options;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** Every option of Quadstream: those that the classes of the groups hold. */
public final class QuadstreamOptions {

  /**
   * Options that are explained together.
   *
   * @param title for people
   * @param holder has the options as constants
   */
  record Group(String title, Class<?> holder) {

    /** In the order in which the class declares them. */
    List<ConfigOption<?>> options() {
      return Arrays.stream(holder.getDeclaredFields())
          .filter(field -> field.getType() == ConfigOption.class)
          .<ConfigOption<?>>map(Group::valueOf)
          .toList();
    }

    private static ConfigOption<?> valueOf(Field constant) {
      try {
        return (ConfigOption<?>) constant.get(null);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(constant + " must be public.", e);
      }
    }
  }

  /** All groups, in the order of the documentation. */
  static final List<Group> GROUPS =
      List.of(
          new Group("Kafka", KafkaConfig.class),
          new Group("Images", ImageConfig.class),
          new Group("Labels that come later", LabelConfig.class),
          new Group("Windows and time", WindowConfig.class),
          new Group("Mining and memory", MiningConfig.class),
          new Group("Network", NetworkConfig.class),
          new Group("Training", TrainingConfig.class),
          new Group("Margins", MarginConfig.class),
          new Group("Augmentation", AugmentationConfig.class),
          new Group("Releases", ReleaseConfig.class),
          new Group("Publishing and the job", JobConfig.class));

  /** All options, in the order of the documentation. */
  public static final List<ConfigOption<?>> ALL =
      GROUPS.stream().flatMap(group -> group.options().stream()).toList();

  private QuadstreamOptions() {}
}
