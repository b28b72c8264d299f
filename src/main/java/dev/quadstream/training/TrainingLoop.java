package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The windows, mining and training of one shard of the job, in this thread and without Kafka and
 * Flink. With the same images, options and count windows it arrives at the same parameters as the
 * job, bit for bit. Not thread-safe.
 */
public final class TrainingLoop implements AutoCloseable {

  private static final int ONLY_SHARD = 0;

  private final int windowImages;
  private final PublishingSchedule publishing;
  private final int staleness;
  private final BatchAssembler assembler;
  private final ExemplarMemory memory;
  private final QuadrupletNetwork miningNetwork;
  private final QuadrupletTrainer trainer;
  private final TreeMap<Long, Published> published = new TreeMap<>();

  private List<ImageEvent> window = new ArrayList<>();
  private MiningModel miningModel;
  private long nextWindow;

  /** The parameters of one version that mining may still ask for. */
  private record Published(NetworkState network, Margins margins) {}

  /**
   * A loop before its first window.
   *
   * @param windowImages images in a window
   * @param publishEvery windows between two published models
   * @param staleness L of {@link PublishingSchedule#versionFor}
   */
  public TrainingLoop(
      NetworkSpec spec,
      MiningOptions mining,
      TrainingOptions training,
      int windowImages,
      int publishEvery,
      int staleness) {
    this.windowImages = windowImages;
    this.publishing = PublishingSchedule.every(publishEvery);
    this.staleness = staleness;
    this.assembler = new BatchAssembler(mining);
    this.memory = new ExemplarMemory(mining.memoryCapacity());
    this.miningNetwork = QuadrupletNetwork.create(spec);
    this.trainer = new QuadrupletTrainer(training, QuadrupletNetwork.create(spec));
    this.miningModel = new MiningModel(0, miningNetwork, training.margins().fixed());
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
    miningNetwork.close();
    trainer.close();
  }

  private WindowReport closeWindow() {
    useModelFor(nextWindow);
    TrainingBatch batch = assembler.assemble(ONLY_SHARD, nextWindow, window, memory, miningModel);
    window = new ArrayList<>();
    nextWindow++;
    WindowReport report = trainer.train(batch);
    if (publishing.publishes(trainer.version())) {
      published.put(trainer.version(), new Published(trainer.network().state(), trainer.margins()));
    }
    return report;
  }

  private void useModelFor(long number) {
    long version = publishing.versionFor(number, staleness);
    if (version == miningModel.version()) {
      return;
    }
    Published model = published.get(version);
    miningNetwork.restore(model.network());
    miningModel = new MiningModel(version, miningNetwork, model.margins());
    published.headMap(version, true).clear();
  }
}
