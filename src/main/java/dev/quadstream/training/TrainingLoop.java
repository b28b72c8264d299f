package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The windows, mining, training and merges of the job, in this thread and without Kafka and Flink.
 * With the same images, options and count windows it arrives at the same parameters as the job, bit
 * for bit, with any number of replicas. Not thread-safe.
 */
public final class TrainingLoop implements AutoCloseable {

  private final MarginRule margins;
  private final LoopOptions options;
  private final BatchAssembler assembler;
  private final List<LocalReplica> replicas = new ArrayList<>();
  private final QuadrupletNetwork network;

  /** Of the parameters that training began with: a second copy would be kept for nothing else. */
  private final int firstHash;

  private final TreeMap<Long, MergedModel> published = new TreeMap<>();

  private Rounds rounds = Rounds.NONE;
  private WindowDealer dealer;
  private List<ImageEvent> window = new ArrayList<>();
  private WindowReport last;

  /** One replica with its memory. */
  private static final class LocalReplica {
    private final ExemplarMemory memory;
    private final MiningModels models;
    private final Replica replica;
    private WindowReport last;

    LocalReplica(ExemplarMemory memory, MiningModels models, Replica replica) {
      this.memory = memory;
      this.models = models;
      this.replica = replica;
    }
  }

  /** A loop before its first window, from the initial network. */
  public TrainingLoop(LoopOptions options) {
    this(options, Optional.empty());
  }

  /**
   * A loop before its first window.
   *
   * @param start what it starts from, as version 0; empty for the initial network
   */
  public TrainingLoop(LoopOptions options, Optional<MergedModel> start) {
    start.ifPresent(this::publish);
    this.margins = options.training().objective().margins();
    this.options = options;
    this.assembler = new BatchAssembler(options.mining());
    this.dealer = WindowDealer.ofNewRun(options.replicas(), options.publishEvery());
    this.network = QuadrupletNetwork.create(options.network());
    NetworkState first =
        start
            .map(model -> model.parameters().iterate().parametersAlone())
            .orElseGet(network::parametersAlone);
    this.firstHash = first.hashCode();
    for (int replica = 0; replica < options.replicas(); replica++) {
      replicas.add(
          new LocalReplica(
              new ExemplarMemory(options.mining().memoryCapacity()),
              new MiningModels(this::find),
              new Replica(
                  new QuadrupletTrainer(
                      options.training(), QuadrupletNetwork.create(options.network())),
                  (run, version) -> Optional.ofNullable(published.get(version)),
                  options.outer())));
    }
  }

  /** Takes the next image; returns the report of the window that it completes. */
  public Optional<WindowReport> accept(LabeledImage image) {
    return accept(ImageEvent.arrived(image));
  }

  /** Takes what happens to an image next; returns the report of the window that it completes. */
  public Optional<WindowReport> accept(ImageEvent event) {
    window.add(event);
    long held = window.stream().filter(other -> isAlike(other, event)).count();
    int most = event.isCorrection() ? ImageWindow.MAX_CORRECTIONS : options.windowImages();
    return held < most ? Optional.empty() : Optional.of(closeWindow());
  }

  private static boolean isAlike(ImageEvent one, ImageEvent other) {
    return one.isArrival() == other.isArrival() && one.isRemoval() == other.isRemoval();
  }

  /**
   * Trains on what the open window holds and merges what the replicas have learned since the last
   * merge, at the end of the input.
   */
  public Optional<WindowReport> finish() {
    Optional<WindowReport> report =
        window.isEmpty() ? Optional.empty() : Optional.of(closeWindow());
    for (LocalReplica local : replicas) {
      if (local.replica.isWithinRound()) {
        rounds = rounds.with(local.replica.endRound(WindowFigures.of(local.last)));
      }
    }
    rounds.remainder(options.outer(), ParameterStore.NONE).ifPresent(this::publish);
    return report;
  }

  /** The version that was published last, or empty before the first. */
  public Optional<MergedModel> model() {
    return published.isEmpty() ? Optional.empty() : Optional.of(published.lastEntry().getValue());
  }

  /** Whether {@link #model()} is another one than training began with. */
  public boolean hasLearned() {
    // Told from the parameters: windows may be refused, and what others trained be rolled back.
    return model()
        .filter(model -> model.parameters().iterate().parametersAlone().hashCode() != firstHash)
        .isPresent();
  }

  /**
   * Returns where something was learned from the windows, of which there was one at least.
   *
   * @throws TrainingDivergedException saying why the last one trained nothing
   */
  public void requireLearned() {
    if (!hasLearned()) {
      throw new TrainingDivergedException(
          Objects.requireNonNullElse(last.health().reason(), "There was nothing left to improve."));
    }
  }

  /** The network with the parameters of {@link #model()}, or the initial ones. */
  public QuadrupletNetwork network() {
    model().ifPresent(model -> network.setParameters(model.parameters().average()));
    return network;
  }

  /** The margins that {@link #model()} goes with. */
  public Margins margins() {
    return model()
        .map(model -> margins.marginsFor(model.warmingUp(), model.means()))
        .orElse(margins.fixed());
  }

  /** The trainer of a replica, from 0. */
  public QuadrupletTrainer trainer(int replica) {
    return replicas.get(replica).replica.trainer();
  }

  @Override
  public void close() {
    network.close();
    for (LocalReplica local : replicas) {
      local.models.close();
      local.replica.close();
    }
  }

  private WindowReport closeWindow() {
    ImageWindow next = dealer.deal(window, 0, List.of());
    dealer = dealer.after(window);
    window = new ArrayList<>();
    LocalReplica local = replicas.get(next.id().replica());
    // It is there: what a version is made from comes before the windows that wait for it.
    MiningModel model =
        local.models.find(next.id().run(), next.miningVersion(options.staleness())).orElseThrow();
    local.last = local.replica.train(assembler.assemble(next, local.memory, model));
    last = local.last;
    if (next.publishes()) {
      rounds = rounds.with(local.replica.endRound(WindowFigures.of(local.last)));
      rounds
          .complete(options.outer(), ParameterStore.NONE)
          .ifPresent(
              merged -> {
                rounds = rounds.after(merged);
                publish(merged);
              });
    }
    return last;
  }

  private void publish(MergedModel model) {
    published.put(model.version(), model);
  }

  private Optional<MiningModel> find(String run, long version, QuadrupletNetwork reuse) {
    MergedModel model = published.get(version);
    if (model == null) {
      // What waits for any other version comes after it.
      return Optional.of(new MiningModel(0, miningNetwork(), margins.fixed()));
    }
    // The other replicas come to windows that want this version, too, and to none before it.
    published.headMap(version, false).clear();
    QuadrupletNetwork network = reuse == null ? miningNetwork() : reuse;
    network.setParameters(model.parameters().average());
    return Optional.of(
        new MiningModel(version, network, margins.marginsFor(model.warmingUp(), model.means())));
  }

  private QuadrupletNetwork miningNetwork() {
    return QuadrupletNetwork.create(options.network(), options.precision());
  }
}
