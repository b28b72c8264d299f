package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.format.OpenWindow;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowDealer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what happens to images into windows, which it numbers over the whole run.
 *
 * <p>By count, a window closes at {@code window.images}, or {@code window.timeout} after its first
 * event. In event time it closes when the watermark has passed it, or at {@code window.max-images};
 * what then comes of its time makes a further window. It also closes when it has been open for
 * longer than a punctual source needs, so that a partition that hangs back, or a stream that
 * pauses, holds nothing for ever, and when too many others have been opened after it: what waits
 * here is bounded whatever the clocks say. Any window closes at as many removals as images, and at
 * {@link ImageWindow#MAX_CORRECTIONS}, which keeps a stream of nothing else from gathering without
 * end, and all do at the end of the input. One that closes ahead of its time takes along those that
 * end earlier and hold one of its images.
 *
 * <p>A removal has no time, nor has a correction, nor an image whose label came later than it. They
 * go to the open window that ends last, behind all images that came before. An image whose window
 * is over becomes a dead letter. The decoders find most of those before they decode them; one that
 * comes here is of a partition that had counted as idle while the others went on.
 *
 * <p>That an image came without a label, in place of whatever came under its id before, goes the
 * way of a removal, but opens and closes no window: where none is open it waits for the next one.
 *
 * <p>An operator of our own and not Flink's windows, which cannot give a removal a window that is
 * open, nor close one because of the others.
 */
public final class WindowOperator extends AbstractStreamOperator<ImageWindow>
    implements OneInputStreamOperator<ImageEvent, ImageWindow>,
        BoundedOneInput,
        Triggerable<Integer, Long> {

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("late", RecordFormats.typeOf(RecordFormats.DEAD_LETTER));

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(WindowOperator.class);

  /** All events belong to this window where windows go by count. */
  private static final long BY_COUNT = 0;

  /** In place of a window where none is open. */
  private static final long NONE_OPEN = Long.MIN_VALUE;

  private static final ListStateDescriptor<ImageEvent> EVENTS =
      new ListStateDescriptor<>("events", RecordFormats.typeOf(RecordFormats.IMAGE_EVENT));
  private static final MapStateDescriptor<Long, OpenWindow> OPEN =
      new MapStateDescriptor<>(
          "open-windows", Types.LONG, RecordFormats.typeOf(RecordFormats.OPEN_WINDOW));
  private static final MapStateDescriptor<Integer, PartitionLedger> LEDGER =
      new MapStateDescriptor<>(
          "ledger", Types.INT, RecordFormats.typeOf(RecordFormats.PARTITION_LEDGER));

  private static final MapStateDescriptor<Long, Integer> REPLACEMENTS =
      new MapStateDescriptor<>("replacements", Types.LONG, Types.INT);

  /** Until a timer looks again whether the job goes on after all. */
  private static final long STOPPING_MILLIS = 100;

  /** Flink counts its checkpoints from 1. */
  private static final long NONE = 0;

  private static final ValueStateDescriptor<WindowDealer> DEALER =
      new ValueStateDescriptor<>("dealer", RecordFormats.typeOf(RecordFormats.WINDOW_DEALER));

  private final PipelineSettings settings;
  private final int replicas;
  private final boolean mayRescale;
  private final int publishEvery;
  private final EventWindows eventWindows;
  private final int maxEvents;
  private final long maxOpen;
  private final long openMillis;
  private final PlacedDeadLetters deadLetters;

  private transient MapState<Long, OpenWindow> open;

  /** How many ids each window holds, or those that wait for one, that came without a label. */
  private transient MapState<Long, Integer> replacements;

  private transient RecordsAhead labelledAhead;
  private transient RecordsAhead straightAhead;
  private transient ValueState<WindowDealer> dealer;
  private transient MapState<Integer, PartitionLedger> ledger;

  /** Of each partition; read by the threads that report metrics, too. */
  private transient Map<Integer, Long> unaccounted;

  private transient InternalTimerService<Long> timers;
  private transient Counter lateImages;
  private transient boolean restored;

  /** Of the savepoint that was just taken here, where the job stops to go on from it; or none. */
  private transient long stoppingWith;

  /** Until the run has begun; null where it starts from no model. */
  private transient StartModel startModel;

  public WindowOperator(PipelineSettings settings) {
    this.settings = settings;
    this.replicas = settings.replicas();
    this.mayRescale = settings.mayRescale();
    this.publishEvery = settings.get(JobConfig.PUBLISH_EVERY);
    this.eventWindows = EventWindows.of(settings).orElse(null);
    this.maxEvents = settings.maxWindowImages();
    this.maxOpen = settings.maxOpenWindows();
    this.openMillis = openMillis(settings);
    this.deadLetters = new PlacedDeadLetters(settings.topics().images());
  }

  private static long openMillis(PipelineSettings settings) {
    long timeout = settings.get(WindowConfig.TIMEOUT).toMillis();
    return EventWindows.of(settings).isEmpty()
        ? timeout
        : timeout
            + settings.get(WindowConfig.OUT_OF_ORDERNESS).toMillis()
            + settings.get(WindowConfig.SOURCE_IDLENESS).toMillis();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    restored = context.isRestored();
    open = context.getKeyedStateStore().getMapState(OPEN);
    replacements = context.getKeyedStateStore().getMapState(REPLACEMENTS);
    labelledAhead = RecordsAhead.labelled(context.getKeyedStateStore());
    straightAhead = RecordsAhead.straight(context.getKeyedStateStore());
    ledger = context.getKeyedStateStore().getMapState(LEDGER);
    unaccounted = new ConcurrentHashMap<>();
    dealer = context.getKeyedStateStore().getState(DEALER);
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService("windows", LongSerializer.INSTANCE, this);
    lateImages = getMetricGroup().counter("lateImages");
    List<Integer> saved = ReplicaState.keys(this, DEALER);
    for (Integer key : saved) {
      setCurrentKey(key);
      requireReplicas(dealer.value());
    }
    for (Integer key : ReplicaState.keys(this, OPEN)) {
      setCurrentKey(key);
      keepToTimeout();
    }
    String start = settings.get(NetworkConfig.START_FROM);
    if (!start.isEmpty() && saved.isEmpty()) {
      TaskManagerChecks.at(getRuntimeContext().getTaskInfo(), restored, this::readStart);
    } else if (!start.isEmpty()) {
      LOG.info("The run goes on with its own parameters, and {} is not read.", start);
    }
  }

  /** A window that was opened by options that let it wait for longer, or for ever. */
  private void keepToTimeout() throws Exception {
    long deadline = deadline();
    for (Map.Entry<Long, OpenWindow> entry : inOrder().entrySet()) {
      OpenWindow window = entry.getValue();
      if (window.deadline() > deadline) {
        deleteTimer(entry.getKey(), window);
        timers.registerProcessingTimeTimer(entry.getKey(), deadline);
        open.put(entry.getKey(), window.until(deadline));
      }
    }
  }

  /** Of a window that is opened now. */
  private long deadline() {
    return openMillis == 0 ? OpenWindow.NEVER : timers.currentProcessingTime() + openMillis;
  }

  private NavigableMap<Long, OpenWindow> inOrder() throws Exception {
    NavigableMap<Long, OpenWindow> inOrder = new TreeMap<>();
    for (Map.Entry<Long, OpenWindow> entry : open.entries()) {
      inOrder.put(entry.getKey(), entry.getValue());
    }
    return inOrder;
  }

  private void readStart() {
    TaskManagerChecks.libraries(getRuntimeContext());
    startModel = StartModel.of(settings).orElseThrow();
  }

  @Override
  public void processElement(StreamRecord<ImageEvent> element) throws Exception {
    ImageEvent event = element.getValue();
    if (event.kind() == ImageEvent.Kind.PASSED) {
      straightAhead.pass(event);
      return;
    }
    if (isLate(event)) {
      lateImages.inc();
      record(event, PartitionLedger::withLate);
      String why = eventWindows.describeLate(event.image().capturedAt(), timers.currentWatermark());
      output.collect(DEAD_LETTERS, new StreamRecord<>(deadLetters.of(event, DeadLetter.LATE, why)));
      return;
    }
    if (event.kind() != ImageEvent.Kind.LABELLED) {
      straightAhead.add(event);
    } else if (straightAhead.hasLater(event)) {
      return;
    } else {
      labelledAhead.add(event);
    }
    if (event.isReplacement()) {
      replace(event);
      return;
    }
    long start = startFor(event);
    OpenWindow window = open.get(start);
    if (window == null) {
      window = open(start);
    }
    window = window.with(event);
    open.put(start, window);
    events(start).add(event);
    record(event, PartitionLedger::with);
    if (window.isFull(maxEvents)) {
      close(start, window);
    }
  }

  private void replace(ImageEvent event) throws Exception {
    if (labelledAhead.pass(event)) {
      return;
    }
    long start = lastOpen();
    Integer before = replacements.get(start);
    int count = before == null ? 1 : before + 1;
    if (count > ImageWindow.MAX_REPLACEMENTS) {
      return;
    }
    if (count == ImageWindow.MAX_REPLACEMENTS) {
      LOG.warn(
          "{} images came without a label since a window closed, as many as it is told of. Until it closes, what others of them replace stays in the memory.",
          count);
    }
    events(start).add(event);
    replacements.put(start, count);
  }

  private boolean isLate(ImageEvent event) {
    return eventWindows != null
        && hasTime(event)
        && eventWindows.isOver(event.image().capturedAt(), timers.currentWatermark());
  }

  /** The window of an image that was labelled later may be long over. */
  private static boolean hasTime(ImageEvent event) {
    return event.kind() == ImageEvent.Kind.ARRIVED;
  }

  private long startFor(ImageEvent event) throws Exception {
    if (eventWindows == null) {
      return BY_COUNT;
    }
    if (hasTime(event)) {
      return eventWindows.startOf(event.image().capturedAt());
    }
    long last = lastOpen();
    return last == NONE_OPEN
        ? eventWindows.startOf(Math.max(0, timers.currentWatermark() + 1))
        : last;
  }

  /** The start of the open window that ends last. */
  private long lastOpen() throws Exception {
    long last = NONE_OPEN;
    for (Long start : open.keys()) {
      last = Math.max(last, start);
    }
    return last;
  }

  /** Opens a window; where too many are open then, the one that was opened first closes. */
  private OpenWindow open(long start) throws Exception {
    long count = 0;
    long newest = -1;
    Map.Entry<Long, OpenWindow> oldest = null;
    for (Map.Entry<Long, OpenWindow> entry : open.entries()) {
      count++;
      newest = Math.max(newest, entry.getValue().opened());
      if (oldest == null || entry.getValue().opened() < oldest.getValue().opened()) {
        oldest = Map.entry(entry.getKey(), entry.getValue());
      }
    }
    if (count >= maxOpen) {
      close(oldest.getKey(), oldest.getValue());
    }
    long deadline = deadline();
    if (deadline != OpenWindow.NEVER) {
      timers.registerProcessingTimeTimer(start, deadline);
    }
    timers.registerEventTimeTimer(
        start, eventWindows == null ? Long.MAX_VALUE : eventWindows.lastOf(start));
    takeReplacements(start);
    return new OpenWindow(newest + 1, 0, 0, 0, deadline);
  }

  /** What waited for a window comes before all that this one is opened for. */
  private void takeReplacements(long start) throws Exception {
    Integer waiting = replacements.get(NONE_OPEN);
    if (waiting == null) {
      return;
    }
    List<ImageEvent> ids = new ArrayList<>(waiting);
    ListState<ImageEvent> state = events(NONE_OPEN);
    state.get().forEach(ids::add);
    state.clear();
    replacements.remove(NONE_OPEN);
    events(start).addAll(ids);
    replacements.put(start, waiting);
  }

  @Override
  public OperatorSnapshotFutures snapshotState(
      long checkpointId,
      long timestamp,
      CheckpointOptions options,
      CheckpointStreamFactory location)
      throws Exception {
    boolean stops =
        options.getCheckpointType() instanceof SavepointType savepoint
            && savepoint.isSynchronous()
            && !savepoint.shouldDrain();
    stoppingWith = stops ? checkpointId : NONE;
    return super.snapshotState(checkpointId, timestamp, options, location);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    super.notifyCheckpointAborted(checkpointId);
    // That of an earlier one may be told as late as this.
    if (checkpointId == stoppingWith) {
      stoppingWith = NONE;
    }
  }

  @Override
  public void onEventTime(InternalTimer<Integer, Long> timer) throws Exception {
    if (stoppingWith != NONE) {
      timers.registerEventTimeTimer(timer.getNamespace(), timers.currentWatermark() + 1);
      return;
    }
    closeAt(timer, Long.MAX_VALUE);
  }

  /**
   * Flink lets timers fire between a savepoint that stops the job and its end. What closed then
   * would be trained on and sent, and again where the job goes on from the savepoint.
   */
  @Override
  public void onProcessingTime(InternalTimer<Integer, Long> timer) throws Exception {
    if (stoppingWith != NONE) {
      timers.registerProcessingTimeTimer(
          timer.getNamespace(), timers.currentProcessingTime() + STOPPING_MILLIS);
      return;
    }
    closeAt(timer, timer.getTimestamp());
  }

  /**
   * Closes what is open. The last watermark does so, too, but not where the source was idle: Flink
   * lets no watermark of an idle input pass.
   */
  @Override
  public void endInput() throws Exception {
    for (Integer key : ReplicaState.keys(this, OPEN)) {
      setCurrentKey(key);
      for (Map.Entry<Long, OpenWindow> entry : inOrder().entrySet()) {
        close(entry.getKey(), entry.getValue());
      }
    }
    output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    output.emitWatermark(Watermark.MAX_WATERMARK);
  }

  /** Closes the timer's window where it is open still and its deadline is not after a time. */
  private void closeAt(InternalTimer<Integer, Long> timer, long time) throws Exception {
    OpenWindow window = open.get(timer.getNamespace());
    if (window != null && window.deadline() <= time) {
      close(timer.getNamespace(), window);
    }
  }

  private void close(long start, OpenWindow window) throws Exception {
    long began = System.nanoTime();
    ListState<ImageEvent> state = events(start);
    List<ImageEvent> content =
        new ArrayList<>(window.images() + window.removals() + window.corrections());
    state.get().forEach(content::add);
    state.clear();
    long collectNanos = System.nanoTime() - began;
    closeBefore(start, content);
    open.remove(start);
    replacements.remove(start);
    deleteTimer(start, window);
    WindowDealer next = dealer();
    output.collect(new StreamRecord<>(next.deal(content, collectNanos, ledgerOf(content))));
    dealer.update(next.after(content));
  }

  /**
   * Closes open windows that end earlier and hold an image of this content, which then come in the
   * order of their time, as where each closes on time: the image would come after its removal.
   */
  private void closeBefore(long start, List<ImageEvent> content) throws Exception {
    Map<Long, OpenWindow> earlier = inOrder().headMap(start);
    if (earlier.isEmpty()) {
      return;
    }
    Set<String> ids = content.stream().map(ImageEvent::id).collect(Collectors.toSet());
    for (Long each : earlier.keySet()) {
      OpenWindow window = open.get(each);
      if (window != null && holdsAny(each, ids)) {
        close(each, window);
      }
    }
  }

  private boolean holdsAny(long start, Set<String> ids) throws Exception {
    for (ImageEvent event : events(start).get()) {
      if (ids.contains(event.id())) {
        return true;
      }
    }
    return false;
  }

  private void deleteTimer(long start, OpenWindow window) {
    if (window.deadline() != OpenWindow.NEVER) {
      timers.deleteProcessingTimeTimer(start, window.deadline());
    }
  }

  private void record(
      ImageEvent event, BiFunction<PartitionLedger, RecordPlace, PartitionLedger> entry)
      throws Exception {
    RecordPlace place = event.place();
    if (event.isCounted()) {
      put(entry.apply(ledger(place.partition()), place));
    }
  }

  private PartitionLedger ledger(int partition) throws Exception {
    PartitionLedger known = ledger.get(partition);
    return known == null ? PartitionLedger.of(partition) : known;
  }

  private void put(PartitionLedger entry) throws Exception {
    ledger.put(entry.partition(), entry);
    if (unaccounted.put(entry.partition(), entry.unaccounted()) == null) {
      getMetricGroup()
          .addGroup("partition", Integer.toString(entry.partition()))
          .gauge("recordsUnaccounted", () -> unaccounted.get(entry.partition()));
    }
  }

  /** The ledger of the partitions of a window that has closed, with what it holds. */
  private List<PartitionLedger> ledgerOf(List<ImageEvent> content) throws Exception {
    Map<Integer, PartitionLedger> changed = new TreeMap<>();
    for (ImageEvent event : content) {
      if (event.isCounted()) {
        int partition = event.place().partition();
        PartitionLedger before =
            changed.containsKey(partition) ? changed.get(partition) : ledger(partition);
        changed.put(partition, event.isRemoval() ? before.closed(0, 1) : before.closed(1, 0));
      }
    }
    for (PartitionLedger entry : changed.values()) {
      put(entry);
    }
    return List.copyOf(changed.values());
  }

  /** The dealer of the next window; a job that starts without state begins a run here. */
  private WindowDealer dealer() throws Exception {
    WindowDealer saved = dealer.value();
    if (saved == null) {
      WindowDealer first = WindowDealer.ofNewRun(replicas, publishEvery);
      LOG.info("Run {} begins.", first.next().run());
      if (startModel != null) {
        start(first.next().run());
      }
      return first;
    }
    requireReplicas(saved);
    WindowDealer rescaled = saved.rescaledTo(replicas);
    if (rescaled != saved) {
      LOG.info(
          "From window {} on, {} replicas train, no longer {}.",
          rescaled.rescale().from(),
          replicas,
          saved.next().replicas());
    }
    WindowDealer next = rescaled.publishingEvery(publishEvery);
    if (next != rescaled) {
      LOG.info(
          "A version ends every {} windows from window {} on, no longer every {}.",
          publishEvery,
          saved.next().number(),
          saved.publishing().interval());
    }
    return next;
  }

  private void start(String run) {
    try {
      ModelManifest.File file = startModel.publish(run).file();
      LOG.info(
          "Its version 0 is the model {} with sha256 {}.",
          settings.get(NetworkConfig.START_FROM),
          file.sha256());
      startModel = null;
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
  }

  private void requireReplicas(WindowDealer saved) {
    if (!mayRescale) {
      RestoreCheck.requireSameReplicas(saved.replicas(), replicas);
    }
  }

  private ListState<ImageEvent> events(long start) throws Exception {
    return getPartitionedState(start, LongSerializer.INSTANCE, EVENTS);
  }
}
