package dev.quadstream.bench;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.BatchAssembler;
import dev.quadstream.training.Exemplar;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.MiningModel;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowDealer;
import dev.quadstream.training.WindowReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What an image costs as one thing after the other grows. */
final class Growth {

  private static final int MAX_WINDOWS = 96;
  private static final int IMAGES = 2_048;

  private Growth() {}

  /**
   * One setting.
   *
   * @param setting what differs from the defaults
   * @param millisAnImage median over windows, of a new image
   * @param stages mean milliseconds a window, by stage
   */
  record Row(String setting, double millisAnImage, Map<String, Double> stages) {}

  static List<Row> run(boolean quick) throws Exception {
    List<Row> rows = new ArrayList<>();
    int windows = quick ? 16 : 64;
    for (String images : List.of("16", "32", "64", "128")) {
      rows.add(loop(windows, "window.images", images));
    }
    for (String quadruplets : List.of("32", "128", "512")) {
      rows.add(loop(windows, "mining.quadruplets", quadruplets));
    }
    if (!quick) {
      for (String size : List.of("64", "256", "1024")) {
        rows.add(loop(windows, "network.embedding-size", size));
      }
      for (String side : List.of("64", "128")) {
        rows.add(
            loop(windows, "network.trunk", "MEDIUM", "image.height", side, "image.width", side));
      }
    }
    for (int capacity : new int[] {2_048, 16_384, 100_000}) {
      rows.add(memory(windows, capacity, 1_000, 4_096));
    }
    for (int classes : new int[] {10, 10_000, 100_000}) {
      rows.add(memory(windows, 100_000, classes, 4_096));
    }
    rows.add(memory(windows, 100_000, 1_000, 100_000));
    return rows;
  }

  private static Row loop(int windows, String... options) throws Exception {
    PipelineSettings settings = PipelineWorker.settings(options);
    BenchImages images = BenchImages.icons(settings.imageDecoder(settings.shape()), IMAGES, 1);
    Map<String, Double> stages = new LinkedHashMap<>();
    List<Double> millis = new ArrayList<>();
    try (TrainingLoop loop = new TrainingLoop(settings.loop())) {
      long start = System.nanoTime();
      int skip = MAX_WINDOWS - windows;
      for (long number = 0; millis.size() < windows; number++) {
        WindowReport report = loop.accept(images.decoded(number)).orElse(null);
        if (report == null) {
          continue;
        }
        long now = System.nanoTime();
        if (report.identity().window() >= skip) {
          millis.add((now - start) / 1e6 / report.images().arrived());
          report
              .details()
              .stageMillis()
              .forEach((stage, took) -> stages.merge(stage, took, Double::sum));
        }
        start = now;
      }
    }
    stages.replaceAll((stage, took) -> took / windows);
    return new Row(String.join(" ", options), Statistics.median(millis), stages);
  }

  /** Assembling alone, with a full memory; a model is published every 32 windows. */
  private static Row memory(int windows, int capacity, int classes, int searched) {
    PipelineSettings settings =
        PipelineWorker.settings(
            "memory.capacity", Integer.toString(capacity),
            "memory.search-images", Integer.toString(searched));
    BatchAssembler assembler = new BatchAssembler(settings.mining());
    SplittableRandom random = new SplittableRandom(capacity);
    ImageShape shape = settings.shape();
    List<PixelImage> pixels = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      byte[] values = new byte[shape.size()];
      random.nextBytes(values);
      pixels.add(new PixelImage(shape, values));
    }
    ExemplarMemory memory = new ExemplarMemory(capacity);
    for (int i = 0; i < capacity; i++) {
      float[] embedding = new float[settings.network().embeddingSize()];
      for (int d = 0; d < embedding.length; d++) {
        embedding[d] = random.nextFloat() - 0.5f;
      }
      memory.offer(new Exemplar(image(i, i % classes, pixels), embedding, 0), random);
    }
    Map<String, Double> stages = new LinkedHashMap<>();
    List<Double> millis = new ArrayList<>();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings.network())) {
      long number = capacity;
      WindowDealer dealer = WindowDealer.ofNewRun(1, 32);
      for (int window = 0; window < MAX_WINDOWS; window++) {
        List<ImageEvent> events = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
          LabeledImage image = image(number++, random.nextInt(classes), pixels);
          events.add(ImageEvent.arrived(image));
        }
        ImageWindow closed = dealer.deal(events, 0, List.of());
        dealer = dealer.after(events);
        MiningModel model = new MiningModel(window / 32 * 32L, network, new Margins(0.3, 0.15));
        long start = System.nanoTime();
        TrainingBatch batch = assembler.assemble(closed, memory, model);
        double took = (System.nanoTime() - start) / 1e6 / 32;
        if (window >= MAX_WINDOWS - windows) {
          millis.add(took);
          batch
              .stageNanos()
              .forEach((stage, nanos) -> stages.merge(stage, nanos / 1e6, Double::sum));
        }
      }
    }
    stages.replaceAll((stage, took) -> took / windows);
    return new Row(
        "assembling: memory %d, classes %d, searched %d".formatted(capacity, classes, searched),
        Statistics.median(millis),
        stages);
  }

  private static LabeledImage image(long number, int label, List<PixelImage> pixels) {
    return new LabeledImage(
        "image-" + number, "class-" + label, number, pixels.get((int) (number % pixels.size())));
  }
}
