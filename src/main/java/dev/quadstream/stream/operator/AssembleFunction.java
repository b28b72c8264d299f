package dev.quadstream.stream.operator;

import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.ImageWindow;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ShardBatch;
import dev.quadstream.stream.format.ShardMemory;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.QuadstreamOptions;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.BatchAssembler;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.MiningModel;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.TrainingBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Windows to training batches, each with the model version that its number asks for ({@link
 * PublishingSchedule#versionFor}) and with the word whether the version that it leads to is to be
 * published: the schedule is kept here alone, so trainer and mining cannot disagree about it. After
 * a restore with another {@code publish.every}, the new interval holds from the first window on
 * that had not been numbered.
 *
 * <p>A window whose model has not come back waits in state. When {@code mining.waiting-windows} of
 * them wait, the stream is held back: the oldest waits for its model in the registry, without
 * returning. That ends, because the trainer needs nothing more from here to reach that version.
 *
 * <p>A job that starts without state begins a run, with a name of its own. Versions count within a
 * run, so models that an earlier job left on the same topic are never taken for this one's.
 */
public final class AssembleFunction
    extends KeyedBroadcastProcessFunction<Integer, ImageWindow, ModelManifest, ShardBatch> {

  public static final MapStateDescriptor<String, ModelManifest> KNOWN_MODELS =
      new MapStateDescriptor<>(
          "known-models", Types.STRING, RecordFormats.typeOf(RecordFormats.MANIFEST));

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(AssembleFunction.class);
  private static final long END_OF_INPUT = Long.MAX_VALUE;
  static final ValueStateDescriptor<ShardMemory> MEMORY =
      new ValueStateDescriptor<>("memory", RecordFormats.typeOf(RecordFormats.SHARD_MEMORY));

  private final PipelineSettings settings;
  private final int publishEvery;
  private final int staleness;
  private final int mostWaiting;

  private transient BatchAssembler assembler;
  private transient ModelShelf shelf;
  private transient ValueState<ShardMemory> state;
  private transient Map<Integer, MiningModel> models;
  private transient Map<Integer, ModelManifest> refused;
  private transient AssembleMetrics metrics;

  public AssembleFunction(PipelineSettings settings) {
    this.settings = settings;
    this.publishEvery = settings.get(QuadstreamOptions.PUBLISH_EVERY);
    this.staleness = settings.get(QuadstreamOptions.MINING_STALENESS);
    this.mostWaiting = settings.get(QuadstreamOptions.MINING_WAITING_WINDOWS);
  }

  @Override
  public void open(OpenContext context) {
    TaskManagerChecks.at(
        getRuntimeContext(), () -> TaskManagerChecks.libraries(getRuntimeContext()));
    NativeThreads.share(TrainOperator.SHARES);
    assembler = new BatchAssembler(settings.mining());
    state = getRuntimeContext().getState(MEMORY);
    models = new HashMap<>();
    refused = new HashMap<>();
    metrics = new AssembleMetrics(getRuntimeContext().getMetricGroup());
    shelf = new ModelShelf(settings, metrics::manifestRefused);
  }

  @Override
  public void processElement(ImageWindow window, ReadOnlyContext context, Collector<ShardBatch> out)
      throws Exception {
    ShardMemory shard = state.value();
    if (shard == null) {
      shard =
          new ShardMemory(
              UUID.randomUUID().toString(),
              0,
              PublishingSchedule.every(publishEvery),
              new ExemplarMemory(settings.mining().memoryCapacity()),
              new ArrayList<>());
      LOG.info("Shard {} begins run {}.", window.shard(), shard.run());
    }
    shard.waiting().add(window.numbered(shard.nextWindow()));
    shard =
        new ShardMemory(
            shard.run(),
            shard.nextWindow() + 1,
            publishing(shard),
            shard.memory(),
            shard.waiting());
    assembleReady(shard, context.getBroadcastState(KNOWN_MODELS), out);
    while (shard.waiting().size() > mostWaiting) {
      assembleOldest(shard, context.getBroadcastState(KNOWN_MODELS), out);
    }
    state.update(shard);
    context.timerService().registerEventTimeTimer(END_OF_INPUT);
  }

  @Override
  public void processBroadcastElement(
      ModelManifest manifest, Context context, Collector<ShardBatch> out) throws Exception {
    BroadcastState<String, ModelManifest> known = context.getBroadcastState(KNOWN_MODELS);
    known.put(keyOf(manifest.identity()), manifest);
    forgetOlder(known, manifest);
    context.applyToKeyedState(
        MEMORY,
        (key, memory) -> {
          ShardMemory shard = memory.value();
          if (assembleReady(shard, known, out)) {
            memory.update(shard);
          }
        });
  }

  /** At the end of the input the windows that still wait are assembled, in order. */
  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ShardBatch> out)
      throws Exception {
    ShardMemory shard = state.value();
    while (!shard.waiting().isEmpty()) {
      assembleOldest(shard, context.getBroadcastState(KNOWN_MODELS), out);
    }
    state.update(shard);
  }

  @Override
  public void close() {
    if (models != null) {
      models.values().forEach(model -> model.network().close());
    }
  }

  /** Assembles the windows whose model is known; returns whether there was one. */
  private boolean assembleReady(
      ShardMemory shard,
      ReadOnlyBroadcastState<String, ModelManifest> known,
      Collector<ShardBatch> out)
      throws Exception {
    boolean any = false;
    while (!shard.waiting().isEmpty()) {
      Optional<MiningModel> model = modelOfOldest(shard, known);
      if (model.isEmpty()) {
        break;
      }
      assemble(shard, model.get(), out);
      any = true;
    }
    metrics.waiting(shard.waiting().size());
    return any;
  }

  /** Assembles the oldest window, waiting for its model in the registry where need be. */
  private void assembleOldest(
      ShardMemory shard,
      ReadOnlyBroadcastState<String, ModelManifest> known,
      Collector<ShardBatch> out)
      throws Exception {
    Optional<MiningModel> model = modelOfOldest(shard, known);
    if (model.isEmpty()) {
      int number = shard.waiting().get(0).shard();
      long version = versionOfOldest(shard);
      boolean announced = known.contains(keyOf(shard.run(), number, version));
      model =
          Optional.of(
              keep(
                  number,
                  shelf.load(
                      shelf.await(shard.run(), number, version, announced),
                      networkOf(models.get(number)))));
    }
    assemble(shard, model.get(), out);
  }

  /** The model that the oldest waiting window asks for, or empty where it cannot be had yet. */
  private Optional<MiningModel> modelOfOldest(
      ShardMemory shard, ReadOnlyBroadcastState<String, ModelManifest> known) throws Exception {
    int number = shard.waiting().get(0).shard();
    long version = versionOfOldest(shard);
    MiningModel atHand = models.get(number);
    if (atHand != null && atHand.version() == version) {
      return Optional.of(atHand);
    }
    if (version == 0) {
      return Optional.of(
          keep(
              number,
              new MiningModel(
                  0, QuadrupletNetwork.create(settings.network()), settings.margins().fixed())));
    }
    ModelManifest announced = known.get(keyOf(shard.run(), number, version));
    Optional<MiningModel> model;
    if (announced == null || announced.equals(refused.get(number))) {
      ModelManifest overtaken = findOvertaken(shard.run(), number, version, known);
      model =
          overtaken == null
              ? Optional.empty()
              : Optional.of(shelf.load(overtaken, networkOf(atHand)));
    } else {
      model = shelf.loadAnnounced(announced, networkOf(atHand));
      if (model.isEmpty()) {
        // Remembered, so that it is refused once and not for each window that comes meanwhile.
        refused.put(number, announced);
      }
    }
    model.ifPresent(found -> keep(number, found));
    return model;
  }

  private long versionOfOldest(ShardMemory shard) {
    return shard.publishing().versionFor(shard.waiting().get(0).window(), staleness);
  }

  /** Keeps a model in place of the one before, whose network it may have. */
  private MiningModel keep(int shard, MiningModel model) {
    QuadrupletNetwork previous = networkOf(models.put(shard, model));
    if (previous != null && previous != model.network()) {
      previous.close();
    }
    return model;
  }

  private static QuadrupletNetwork networkOf(MiningModel model) {
    return model == null ? null : model.network();
  }

  /**
   * The manifest of a version that later ones have overtaken, or null. After a restore the models
   * topic brings at once what was published between checkpoint and crash, and {@link #forgetOlder}
   * drops versions for it that this shard, set back, has yet to mine with. The trainer may have
   * published those before the checkpoint and does not do so again. Versions are published in
   * order, so the registry has them.
   */
  private ModelManifest findOvertaken(
      String run, int shard, long version, ReadOnlyBroadcastState<String, ModelManifest> known)
      throws Exception {
    for (Map.Entry<String, ModelManifest> entry : known.immutableEntries()) {
      ModelManifest.Identity other = entry.getValue().identity();
      if (other.shard() == shard && other.run().equals(run) && other.version() > version) {
        return shelf.find(run, shard, version).orElse(null);
      }
    }
    return null;
  }

  private void assemble(ShardMemory shard, MiningModel model, Collector<ShardBatch> out) {
    ImageWindow window = shard.waiting().remove(0);
    metrics.waiting(shard.waiting().size());
    metrics.assembled(window, model.version(), shard.memory());
    TrainingBatch batch =
        assembler.assemble(window.shard(), window.window(), window.events(), shard.memory(), model);
    Map<String, Long> before = new LinkedHashMap<>();
    before.put("decode", window.decodeNanos());
    before.put("window", window.collectNanos());
    out.collect(
        new ShardBatch(
            shard.run(),
            shard.publishing().publishes(window.window() + 1),
            batch.withEarlierStages(before)));
  }

  /** The schedule with the configured interval from the version on that the next window makes. */
  private PublishingSchedule publishing(ShardMemory shard) {
    PublishingSchedule publishing = shard.publishing();
    if (publishing.interval() == publishEvery) {
      return publishing;
    }
    LOG.info(
        "Shard {} publishes every {} windows from window {} on, no longer every {}.",
        shard.waiting().get(0).shard(),
        publishEvery,
        shard.nextWindow(),
        publishing.interval());
    return publishing.changedTo(publishEvery, shard.nextWindow() + 1);
  }

  /**
   * Forgets the versions that no window from here on asks for. Windows that wait by an earlier
   * interval or staleness may: {@link #findOvertaken} finds theirs.
   */
  private void forgetOlder(BroadcastState<String, ModelManifest> known, ModelManifest newest)
      throws Exception {
    long oldestNeeded =
        PublishingSchedule.every(publishEvery).versionFor(newest.identity().version(), staleness);
    List<String> older = new ArrayList<>();
    for (Map.Entry<String, ModelManifest> entry : known.entries()) {
      ModelManifest.Identity model = entry.getValue().identity();
      boolean sameShard =
          model.shard() == newest.identity().shard() && model.run().equals(newest.identity().run());
      if (sameShard && model.version() < oldestNeeded) {
        older.add(entry.getKey());
      }
    }
    for (String key : older) {
      known.remove(key);
    }
  }

  private static String keyOf(ModelManifest.Identity model) {
    return keyOf(model.run(), model.shard(), model.version());
  }

  private static String keyOf(String run, int shard, long version) {
    return run + "/" + shard + "/" + version;
  }
}
