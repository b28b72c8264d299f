package dev.quadstream.bench;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * From an image's arrival in Kafka to its first embedding out, and to the manifest of the first
 * published model that has trained on it, at half of the rate that the job keeps up with.
 */
final class PipelineLatency {

  private static final int WARM_UP_WINDOWS = 128;

  private PipelineLatency() {}

  /**
   * What was measured, in milliseconds.
   *
   * @param mostPerSecond images a second with the topic full
   * @param imagesPerSecond at which the latency was measured: half of it
   */
  record Result(
      double mostPerSecond,
      double imagesPerSecond,
      int images,
      double embeddingMedian,
      double embedding99,
      double modelMedian,
      double model99) {}

  static Result run(Path directory, boolean quick) throws Exception {
    PipelineSettings settings = PipelineWorker.settings();
    int windowImages = settings.get(WindowConfig.IMAGES);
    int publishEvery = settings.get(JobConfig.PUBLISH_EVERY);
    BenchImages images = BenchImages.icons(settings.imageDecoder(settings.shape()), 4_096, 1);
    try (StreamedJob job = StreamedJob.start(settings, directory);
        TopicReader embeddings = job.reader(job.topics().embeddings());
        TopicReader models = job.reader(job.topics().models())) {
      long number = 0;
      for (; number < (long) WARM_UP_WINDOWS * windowImages; number++) {
        job.send(images.encoded(number));
      }
      job.flush();
      long half = 0;
      long end = 0;
      for (int window = 0; window < WARM_UP_WINDOWS; window++) {
        end = job.nextReport().nanos();
        if (window == WARM_UP_WINDOWS / 2) {
          half = end;
        }
      }
      double most = (WARM_UP_WINDOWS / 2 - 1) * windowImages * 1e9 / (end - half);
      int windows = (quick ? 4 : 16) * publishEvery;
      Map<String, Long> sentAt = new HashMap<>();
      long interval = (long) (2e9 / most);
      long next = System.nanoTime();
      for (int i = 0; i < windows * windowImages; i++, number++) {
        while (System.nanoTime() < next) {
          LockSupport.parkNanos(next - System.nanoTime());
        }
        next += interval;
        sentAt.put(images.encoded(number).id(), System.currentTimeMillis());
        job.send(images.encoded(number));
      }
      job.flush();
      for (int window = 0; window < windows; window++) {
        job.nextReport();
      }
      return result(most, sentAt, windowsOf(embeddings), publishedAt(models), windows);
    }
  }

  /** When the broker had the first embedding of an image, and of which window. */
  private record First(long at, long window) {}

  private static Map<String, First> windowsOf(TopicReader embeddings) {
    Map<String, First> first = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> message : embeddings.readToEnd(Duration.ofMinutes(1))) {
      EmbeddingMessage embedding = EmbeddingMessage.fromJson(message.value());
      first.putIfAbsent(embedding.id(), new First(message.timestamp(), embedding.window()));
    }
    return first;
  }

  private static TreeMap<Long, Long> publishedAt(TopicReader models) {
    TreeMap<Long, Long> publishedAt = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> message : models.readToEnd(Duration.ofMinutes(1))) {
      ModelManifest manifest = JsonMessages.read(message.value(), ModelManifest.class);
      publishedAt.put(manifest.identity().version(), message.timestamp());
    }
    return publishedAt;
  }

  private static Result result(
      double most,
      Map<String, Long> sentAt,
      Map<String, First> first,
      TreeMap<Long, Long> publishedAt,
      int windows) {
    List<Double> toEmbedding = new ArrayList<>();
    List<Double> toModel = new ArrayList<>();
    sentAt.forEach(
        (id, sent) -> {
          First embedded = first.get(id);
          toEmbedding.add((double) (embedded.at() - sent));
          Map.Entry<Long, Long> model = publishedAt.ceilingEntry(embedded.window() + 1);
          if (model != null) {
            toModel.add((double) (model.getValue() - sent));
          }
        });
    return new Result(
        most,
        most / 2,
        sentAt.size(),
        Statistics.quantile(toEmbedding, 0.5),
        Statistics.quantile(toEmbedding, 0.99),
        Statistics.quantile(toModel, 0.5),
        Statistics.quantile(toModel, 0.99));
  }
}
