package dev.quadstream.stream.operator;

import dev.quadstream.registry.ContributionFiles;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Retention;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.stream.options.WindowConfig.WindowKind;
import dev.quadstream.stream.startup.StateDirectories;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.StoredParameters;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts models into the registry and passes their manifests on: the claim check. With each it
 * deletes those of its run that nothing needs any more.
 *
 * <p>An operator and not a function, because only that is told where a checkpoint or savepoint is
 * written: its models stay as long as it does.
 */
public final class PublishOperator extends AbstractStreamOperator<ModelManifest>
    implements OneInputStreamOperator<TrainedModel, ModelManifest> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishOperator.class);
  private static final double NANOS_PER_MILLI = 1e6;
  private static final ListStateDescriptor<Retention> RETENTION =
      new ListStateDescriptor<>("retention", RecordFormats.typeOf(RecordFormats.RETENTION));

  private final PipelineSettings settings;

  private transient ListState<Retention> state;
  private transient volatile Retention retention;
  private transient ModelRegistry registry;
  private transient ModelDeletion deletion;
  private transient Set<String> cleaned;
  private transient Set<Long> savepointsBegun;
  private transient ReplacedJobs replacedJobs;
  private transient volatile double publishMillis;

  public PublishOperator(PipelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    TaskManagerChecks.at(
        getRuntimeContext().getTaskInfo(), context.isRestored(), this::requireDirectories);
    state = context.getOperatorStateStore().getListState(RETENTION);
    Iterator<Retention> saved = state.get().iterator();
    retention = saved.hasNext() ? saved.next() : Retention.NONE;
  }

  @Override
  public void open() throws Exception {
    super.open();
    registry = new ModelRegistry(settings.registryDirectory());
    cleaned = new HashSet<>();
    savepointsBegun = new HashSet<>();
    replacedJobs = new ReplacedJobs(settings.checkpointDirectory());
    MetricGroup metrics = getMetricGroup();
    deletion =
        new ModelDeletion(
            registry,
            new ContributionFiles(settings.registryDirectory()),
            metrics.counter("modelDeletionsFailed"));
    // Where the disk is full, a restart with fewer to keep makes room.
    deleteSurplus();
    metrics.gauge("publishMillis", () -> publishMillis);
    metrics.gauge("registryModels", () -> retention.models().size());
    metrics.gauge("registryBytes", () -> retention.bytes());
    metrics.gauge("registryFreeBytes", () -> FreeSpace.bytes(settings.registryDirectory()));
    metrics.gauge("checkpointFreeBytes", () -> FreeSpace.bytes(settings.checkpointDirectory()));
    showHowOften(metrics);
  }

  /** What an alert compares with, so that it does not take a slow stream for one that stands. */
  private void showHowOften(MetricGroup metrics) {
    int replicas = settings.replicas();
    int windowsOfVersion = replicas * settings.get(JobConfig.PUBLISH_EVERY);
    boolean closedByTime =
        settings.get(WindowConfig.KIND) != WindowKind.COUNT
            || settings.get(WindowConfig.TIMEOUT).toMillis() > 0;
    int imagesOfWindows = closedByTime ? 1 : replicas * settings.get(WindowConfig.IMAGES);
    long interval = settings.get(JobConfig.CHECKPOINT_INTERVAL).toMillis();
    metrics.gauge("windowsPerVersion", () -> windowsOfVersion);
    metrics.gauge("imagesAwaited", () -> imagesOfWindows);
    metrics.gauge("checkpointIntervalMillis", () -> interval);
  }

  private void deleteSurplus() {
    retention = deletion.of(retention, settings.get(JobConfig.REGISTRY_KEEP));
  }

  private void requireDirectories() {
    StateDirectories.requireWritable(
        JobConfig.REGISTRY_DIRECTORY.key(), settings.registryDirectory());
    StateDirectories.requireShared(settings, getRuntimeContext().getJobInfo().getJobId());
  }

  @Override
  public void processElement(StreamRecord<TrainedModel> element) {
    ModelManifest draft = element.getValue().draft();
    long start = System.nanoTime();
    ModelManifest manifest;
    try {
      removeLeftovers(draft);
      manifest = publish(draft, element.getValue().bytes());
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
    for (StoredParameters merged : element.getValue().merged()) {
      retention = retention.merged(merged.file(), merged.bytes(), merged.checkpoint());
    }
    deleteSurplus();
    publishMillis = (System.nanoTime() - start) / NANOS_PER_MILLI;
    LOG.debug(
        "Published model version {} as {}.", manifest.identity().version(), manifest.file().path());
    output.collect(element.replace(manifest));
  }

  private ModelManifest publish(ModelManifest draft, byte[] model) {
    ModelManifest.Identity identity = draft.identity();
    // One that was published before the run was set back; its file is another where the bits are.
    keepTrackOf(identity.name(), identity.run(), identity.version());
    if (retention.models().isEmpty()) {
      // What the run started from, where that is a model.
      keepTrackOf(identity.name(), identity.run(), 0);
    }
    ModelManifest manifest = registry.publish(draft, model);
    retention = retention.published(manifest);
    return manifest;
  }

  private void keepTrackOf(String name, String run, long version) {
    try {
      registry
          .find(name, run, version)
          .ifPresent(earlier -> retention = retention.published(earlier));
    } catch (RegistryException e) {
      // Damaged, it is about to be written anew; where the registry is away, that says so.
      LOG.warn(
          "An earlier version {} of run {} is not kept track of: {}", version, run, e.getMessage());
    }
  }

  /** Before the first model of a run. */
  private void removeLeftovers(ModelManifest draft) {
    ModelManifest.Identity model = draft.identity();
    if (!cleaned.add(model.run())) {
      return;
    }
    int leftovers = registry.removeLeftovers(model.name(), model.run());
    if (leftovers > 0) {
      LOG.info("Removed {} files that a crashed writer had left in the registry.", leftovers);
    }
  }

  @Override
  public OperatorSnapshotFutures snapshotState(
      long checkpointId,
      long timestamp,
      CheckpointOptions options,
      CheckpointStreamFactory location)
      throws Exception {
    retention = retention.snapshot(checkpointId, CheckpointFile.of(location));
    if (options.getCheckpointType().isSavepoint()) {
      savepointsBegun.add(checkpointId);
    }
    return super.snapshotState(checkpointId, timestamp, options, location);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(List.of(retention));
  }

  /**
   * Forgets the checkpoints and savepoints that are gone. A savepoint may take longer than the
   * checkpoints after it, and nobody says when it is complete.
   */
  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    retention =
        retention.keeping(
            snapshot -> {
              if (CheckpointFile.mayExist(snapshot.metadata())) {
                savepointsBegun.remove(snapshot.id());
                return true;
              }
              return snapshot.id() > checkpointId || savepointsBegun.contains(snapshot.id());
            });
    retention = deletion.ofMerged(retention);
    if (settings.get(JobConfig.CHECKPOINT_DELETE_REPLACED)) {
      replacedJobs.completed(retention.snapshots(), checkpointId);
    }
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    super.notifyCheckpointAborted(checkpointId);
    savepointsBegun.remove(checkpointId);
    retention = retention.keeping(snapshot -> snapshot.id() != checkpointId);
  }
}
