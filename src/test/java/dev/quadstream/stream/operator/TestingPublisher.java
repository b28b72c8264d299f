package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.StoredParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The publish operator as its only subtask runs, with checkpoints in files. */
final class TestingPublisher implements AutoCloseable {

  /** The harness would draw one that nobody knows. */
  private record OfJob(JobID job, CheckpointStorage storage) implements CheckpointStorage {

    @Override
    public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer) throws IOException {
      return storage.resolveCheckpoint(pointer);
    }

    @Override
    public CheckpointStorageAccess createCheckpointStorage(JobID drawn) throws IOException {
      return storage.createCheckpointStorage(job);
    }
  }

  private final PipelineSettings settings;
  private final Path checkpoints;
  private final JobID job;
  private final PublishOperator operator;
  private final OneInputStreamOperatorTestHarness<TrainedModel, ModelManifest> harness;

  /** Of one job; fresh where {@code restored} is null. */
  TestingPublisher(PipelineSettings settings, Path checkpoints, OperatorSubtaskState restored)
      throws Exception {
    this(settings, checkpoints, restored, new JobID(7, 9));
  }

  TestingPublisher(
      PipelineSettings settings, Path checkpoints, OperatorSubtaskState restored, JobID job)
      throws Exception {
    this.job = job;
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.operator = new PublishOperator(settings);
    this.harness = new OneInputStreamOperatorTestHarness<>(operator);
    harness.setCheckpointStorage(
        new OfJob(job, new FileSystemCheckpointStorage(checkpoints.toUri())));
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.MANIFEST)));
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
  }

  /** Publishes every version that is due up to one, from another on. */
  void publish(long from, long to) throws Exception {
    for (long version = from; version <= to; version += settings.get(JobConfig.PUBLISH_EVERY)) {
      publishBytes(version, version);
    }
  }

  void publishBytes(long version, long content) throws Exception {
    harness.processElement(model(version, content, List.of()), 0);
  }

  /** Publishes a version that was merged from files. */
  void publishMerged(long version, StoredParameters... merged) throws Exception {
    harness.processElement(model(version, version, List.of(merged)), 0);
  }

  private TrainedModel model(long version, long content, List<StoredParameters> merged) {
    long minedWith =
        PublishingSchedule.every(settings.get(JobConfig.PUBLISH_EVERY))
            .versionFor(version - 1, settings.get(MiningConfig.STALENESS));
    ModelManifest draft =
        ModelManifest.draft(
            new ModelManifest.Identity(
                settings.get(NetworkConfig.NAME), TestingPipeline.RUN, version),
            version - 1,
            version,
            null,
            null,
            Map.of("miningVersion", (double) minedWith));
    return new TrainedModel(
        draft, ByteBuffer.allocate(Long.BYTES).putLong(content).array(), merged);
  }

  OperatorSubtaskState checkpoint(long id) throws Exception {
    return snapshot(id, CheckpointType.CHECKPOINT);
  }

  OperatorSubtaskState savepoint(long id) throws Exception {
    return snapshot(id, SavepointType.savepoint(SavepointFormatType.CANONICAL));
  }

  private OperatorSubtaskState snapshot(long id, SnapshotType type) throws Exception {
    return harness.snapshotWithLocalState(id, id, type).getJobManagerOwnedState();
  }

  /** Writes what the JobManager writes last. */
  Path write(long id) throws IOException {
    Path metadata =
        checkpoints.resolve(job.toHexString()).resolve("chk-" + id).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    return Files.writeString(metadata, "whole");
  }

  void notifyCompleted(long id) throws Exception {
    harness.notifyOfCompletedCheckpoint(id);
  }

  void notifyAborted(long id) throws Exception {
    operator.notifyCheckpointAborted(id);
  }

  List<ModelManifest> published() {
    return harness.extractOutputValues();
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
