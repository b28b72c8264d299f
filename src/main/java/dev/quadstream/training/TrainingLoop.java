package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The windows, mining and training of the job, in this thread and without Kafka and Flink. With the
 * same images, options and count windows it arrives at the same parameters as the job, bit for bit.
 * Not thread-safe.
 */
public final class TrainingLoop implements AutoCloseable {

  private static final int REPLICAS = 1;

  private final int windowImages;
  private final int staleness;
  private final BatchAssembler assembler;
  private final ExemplarMemory memory;
  private final MiningModels models;
  private final QuadrupletTrainer trainer;
  private final TreeMap<Long, Published> published = new TreeMap<>();

  private List<ImageEvent> window = new ArrayList<>();
  private WindowDealer dealer;

  /** The parameters of one version that mining may still ask for. */
  private record Published(NetworkState network, Margins margins) {}

  /** A loop before its first window. */
  public TrainingLoop(LoopOptions options) {
    TrainingOptions training = options.training();
    this.windowImages = options.windowImages();
    this.staleness = options.staleness();
    this.assembler = new BatchAssembler(options.mining());
    this.memory = new ExemplarMemory(options.mining().memoryCapacity());
    this.models = new MiningModels(options.network(), training.margins().fixed(), this::find);
    this.dealer = WindowDealer.ofNewRun(REPLICAS, options.publishEvery());
    this.trainer = new QuadrupletTrainer(training, QuadrupletNetwork.create(options.network()));
  }

  /** Takes the next image; returns the report of the window that it completes. */
  public Optional<WindowReport> accept(LabeledImage image) {
    window.add(ImageEvent.arrived(image));
    return window.size() < windowImages ? Optional.empty() : Optional.of(closeWindow());
  }

  /** Trains on what the open window holds, at the end of the input. */
  public Optional<WindowReport> finish() {
    return window.isEmpty() ? Optional.empty() : Optional.of(closeWindow());
  }

  /** The trainer with the network as it is now. */
  public QuadrupletTrainer trainer() {
    return trainer;
  }

  @Override
  public void close() {
    models.close();
    trainer.close();
  }

  private WindowReport closeWindow() {
    ImageWindow next = dealer.deal(window, 0, List.of());
    dealer = dealer.after(window);
    window = new ArrayList<>();
    // It is there: whatever a version is made from comes before the windows that wait for it.
    MiningModel model = models.find(next.id().run(), next.miningVersion(staleness)).orElseThrow();
    WindowReport report = trainer.train(assembler.assemble(next, memory, model));
    if (next.publishes()) {
      published.put(trainer.version(), new Published(trainer.network().state(), trainer.margins()));
    }
    return report;
  }

  private Optional<MiningModel> find(String run, long version, QuadrupletNetwork reuse) {
    Published model = published.get(version);
    published.headMap(version, true).clear();
    reuse.restore(model.network());
    return Optional.of(new MiningModel(version, reuse, model.margins()));
  }
}
