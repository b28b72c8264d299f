package dev.quadstream.stream;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.WindowId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;

/** Small settings, images and windows for tests of operators. */
public final class TestingPipeline {

  static final int WINDOW_IMAGES = 10;
  public static final String RUN = "run-1";
  public static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  private static final int CLASSES = 6;
  private static final int MAX_STATE_BYTES = 256 << 20;

  private TestingPipeline() {}

  /**
   * The smallest network, P = 2 and L = 1; {@code changes} go over it, as key, value, and so on.
   */
  public static PipelineSettings settings(String... changes) {
    Map<String, String> options = new HashMap<>();
    options.put("image.height", "28");
    options.put("image.width", "28");
    options.put("network.embedding-size", "8");
    options.put("window.images", Integer.toString(WINDOW_IMAGES));
    options.put("window.timeout", "0 s");
    options.put("mining.memory-images", "6");
    options.put("mining.staleness", "1");
    options.put("mining.waiting-windows", "3");
    options.put("memory.capacity", "24");
    options.put("publish.every", "2");
    options.put("training.warm-up-windows", "2");
    for (int i = 0; i < changes.length; i += 2) {
      options.put(changes[i], changes[i + 1]);
    }
    return PipelineSettings.of(Configuration.fromMap(options));
  }

  /** An image of one of a few classes: the pattern of its class under noise. */
  static LabeledImage image(long number) {
    SplittableRandom random = new SplittableRandom(number);
    int label = random.nextInt(CLASSES);
    byte[] pixels = new byte[SHAPE.size()];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % SHAPE.width();
      int y = i / SHAPE.width();
      boolean light = (x / (2 + label) + y / (7 - label)) % 2 == 0;
      pixels[i] = (byte) ((light ? 150 : 50) + random.nextInt(80));
    }
    return new LabeledImage(
        "image-" + number, "class-" + label, number, new PixelImage(SHAPE, pixels));
  }

  public static ImageEvent arrival(long number) {
    return ImageEvent.arrived(image(number));
  }

  /** A full window of images that no other window has, in a run of one replica. */
  public static ImageWindow window(PipelineSettings settings, long number) {
    List<ImageEvent> events = new ArrayList<>();
    for (int i = 0; i < WINDOW_IMAGES; i++) {
      events.add(arrival(number * WINDOW_IMAGES + i));
    }
    return window(settings, number, events);
  }

  public static ImageWindow window(
      PipelineSettings settings, long number, List<ImageEvent> events) {
    return new ImageWindow(
        new WindowId(RUN, number, 1),
        PublishingSchedule.every(settings.get(JobConfig.PUBLISH_EVERY)),
        events,
        RemoteChanges.NOTHING,
        0,
        List.of());
  }

  public static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  public static <T> byte[] bytes(T value, TypeInformation<T> type) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(1024);
    serializer(type).serialize(value, out);
    return out.getCopyOfBuffer();
  }

  /** In memory, and without the harness's limit of 5 MB, which a network's state exceeds. */
  public static CheckpointStorage roomyStorage() {
    return new JobManagerCheckpointStorage(MAX_STATE_BYTES);
  }
}
