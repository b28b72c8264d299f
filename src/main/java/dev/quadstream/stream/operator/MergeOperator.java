package dev.quadstream.stream.operator;

import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.stream.startup.FinalFailure;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.ReleaseGate;
import dev.quadstream.training.ReleaseState;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.StreamEvidence;
import dev.quadstream.training.TrainingDivergedException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges what the replicas bring at the end of each round into the next version of the model. At
 * the end of the input it merges what is left, so that a drained job leaves nothing unpublished.
 */
public final class MergeOperator extends AbstractStreamOperator<TrainedModel>
    implements TwoInputStreamOperator<Contribution, ReleaseCommand, TrainedModel>,
        BoundedMultiInput {

  /** Where a command has moved the pointer to, at once. */
  public static final OutputTag<Release> COMMANDED =
      new OutputTag<>("commanded", RecordFormats.typeOf(RecordFormats.RELEASE));

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(MergeOperator.class);
  private static final ValueStateDescriptor<Rounds> ROUNDS =
      new ValueStateDescriptor<>("rounds", RecordFormats.typeOf(RecordFormats.ROUNDS));

  private static final ValueStateDescriptor<ReleaseState> RELEASES =
      new ValueStateDescriptor<>("releases", RecordFormats.typeOf(RecordFormats.RELEASE_STATE));

  /** What the newest version was published with, but for its file. */
  private static final ValueStateDescriptor<ModelManifest> NEWEST =
      new ValueStateDescriptor<>("newest", RecordFormats.typeOf(RecordFormats.MANIFEST));

  /** The version that the input ended with in mid-round, which replicas cannot go on from. */
  private static final ValueStateDescriptor<Long> DRAINED_AT =
      new ValueStateDescriptor<>("drained-at", Types.LONG);

  /** The contributions: commands have no end. */
  private static final int FIRST_INPUT = 1;

  private final PipelineSettings settings;

  private transient ReplicaState<Rounds> state;
  private transient ReplicaState<ReleaseState> releases;
  private transient ReplicaState<ModelManifest> newest;
  private transient ReplicaState<Long> drainedAt;
  private transient ReleaseGate gate;
  private transient PendingCommands pending;
  private transient ModelRegistry registry;
  private transient QuadrupletNetwork network;
  private transient MergeMetrics metrics;
  private transient OuterStep step;
  private transient ContributionStore contributions;
  private transient long restoredCheckpoint;

  public MergeOperator(PipelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state = new ReplicaState<>(this, context.getKeyedStateStore(), ROUNDS);
    releases = new ReplicaState<>(this, context.getKeyedStateStore(), RELEASES);
    newest = new ReplicaState<>(this, context.getKeyedStateStore(), NEWEST);
    drainedAt = new ReplicaState<>(this, context.getKeyedStateStore(), DRAINED_AT);
    registry = new ModelRegistry(settings.registryDirectory());
    pending = new PendingCommands(context.getKeyedStateStore(), registry, job());
    restoredCheckpoint = context.getRestoredCheckpointId().orElse(0);
  }

  @Override
  public void open() throws Exception {
    super.open();
    network = QuadrupletNetwork.create(settings.network());
    metrics = new MergeMetrics(getMetricGroup(), settings.releases().policy());
    step = settings.outerStep();
    gate = new ReleaseGate(settings.releases());
    contributions = new ContributionStore(settings);
    for (Integer key : state.keys()) {
      metrics.restored(state.value(key));
    }
    for (Integer key : newest.keys()) {
      ModelManifest.Identity saved = newest.value(key).identity();
      RestoreCheck.requireSameName(saved.name(), settings.get(NetworkConfig.NAME));
      metrics.restored(releases.value(key), saved.version());
    }
    if (getRuntimeContext().getTaskInfo().getAttemptNumber() == 0) {
      for (Integer key : drainedAt.keys()) {
        RestoreCheck.refuseDrained(drainedAt.value(key));
      }
    }
  }

  @Override
  public void processElement1(StreamRecord<Contribution> element) throws Exception {
    Rounds saved = state.value();
    Rounds rounds = (saved == null ? Rounds.NONE : saved).with(element.getValue());
    metrics.contributed(element.getValue());
    if (!element.getValue().parameters().areFinite()) {
      metrics.notFinite();
      LOG.warn(
          "The parameters of replica {} are no finite numbers after window {}: the merge leaves it out, and the replica goes on from what it merges. Where that comes again, lower {}.",
          element.getValue().last().replica(),
          element.getValue().last().number(),
          TrainingConfig.LEARNING_RATE.key());
    }
    Optional<MergedModel> model = merge(rounds, () -> rounds.complete(step, contributions));
    Rounds left = model.map(rounds::after).orElse(rounds);
    if (model.isPresent()) {
      metrics.merged(left);
      List<StoredParameters> merged = new ArrayList<>(rounds.stored());
      merged.removeAll(left.stored());
      publish(model.get(), merged);
    }
    state.update(left);
    metrics.open(left);
  }

  /** A command moves the pointer, never parameters: what is trained on stays the same. */
  @Override
  public void processElement2(StreamRecord<ReleaseCommand> element) throws Exception {
    ReleaseCommand command = element.getValue();
    if (pending.keep(command, newest.value())) {
      LOG.info(
          "Command {} was given as of version {}, which this job comes to again: it waits until then.",
          command.id(),
          command.asOf());
    } else {
      carryOut(command);
    }
  }

  private void carryOut(ReleaseCommand command) throws Exception {
    try {
      ReleaseState before = releases.value();
      CommandedRelease release =
          CommandedRelease.of(
              command, before, newest.value(), registry, settings.releases().policy());
      releases.update(release.state());
      metrics.commanded(before, release.state());
      LOG.info(
          "By command {} ({}) version {} is live.",
          command.id(),
          release.pointer().decision().verdict(),
          release.state().live());
      output.collect(COMMANDED, new StreamRecord<>(release.pointer()));
    } catch (CommandedRelease.RefusedException e) {
      metrics.commandRefused();
      LOG.warn("Release command {} is refused: {}.", command.id(), e.getMessage());
    }
  }

  @Override
  public void endInput(int input) throws Exception {
    if (input != FIRST_INPUT) {
      return;
    }
    for (Integer key : state.keys()) {
      Rounds rounds = state.value(key);
      Optional<MergedModel> model = merge(rounds, () -> rounds.remainder(step, contributions));
      if (model.isPresent()) {
        publish(model.get(), rounds.stored());
        drainedAt.update(key, model.get().version());
      }
    }
  }

  @Override
  public void close() throws Exception {
    if (network != null) {
      network.close();
    }
    super.close();
  }

  /** The same contributions would fail in the same way at each restart. */
  private Optional<MergedModel> merge(Rounds rounds, Supplier<Optional<MergedModel>> merge) {
    try {
      return merge.get();
    } catch (TrainingDivergedException e) {
      throw FinalFailure.of(e);
    } catch (RegistryException e) {
      // What was written since the checkpoint, a restart writes again.
      boolean isOfCheckpoint =
          rounds.stored().stream().anyMatch(stored -> stored.checkpoint() < restoredCheckpoint);
      RegistryException named = RegistryOption.named(settings, e);
      throw e.isLost() && isOfCheckpoint ? FinalFailure.of(named) : named;
    } catch (UncheckedIOException e) {
      throw RegistryOption.named(
          settings,
          new RegistryException(
              "what the replicas put down for the merge cannot be read: " + e.getMessage(), e));
    }
  }

  /** What is live as of a version that is about to be published. */
  private ReleaseDecision decide(MergedModel model) throws Exception {
    ReleaseState before = before(model.run());
    ReleaseState now = gate.asOf(before, model.version(), model.tests(), model.isAfterBreakdown());
    releases.update(now);
    metrics.decided(before, now, model.version());
    if (before == null || now.live() != before.live()) {
      LOG.info("Version {} is live as of version {}.", now.live(), model.version());
    }
    if (now.hasQuarantinedSince(before)) {
      LOG.warn(
          "Versions {} are quarantined as of version {}: {}. Version {} is live.",
          now.quarantined(),
          model.version(),
          whyQuarantined(now.stream(), model.version()),
          now.live());
    }
    return ReleaseDecisions.of(now, settings.releases().policy());
  }

  private static String whyQuarantined(StreamEvidence evidence, long version) {
    if (evidence.isRecovering(version)) {
      return "training broke down before version %d and began anew, its reports say why"
          .formatted(evidence.brokenDown());
    }
    return evidence.hasGoneWrong()
        ? "no model finds images any more, so that images or labels must have gone wrong"
        : "images are found less often under them than under what is live";
  }

  /** Where a run starts from a model, that is live until another is proven. */
  private ReleaseState before(String run) throws Exception {
    ReleaseState saved = releases.value();
    boolean startsFromModel =
        saved == null && registry.find(settings.get(NetworkConfig.NAME), run, 0).isPresent();
    return startsFromModel ? ReleaseState.first(0) : saved;
  }

  /** After the version before, whatever the clock says: what is newer is told by it. */
  private long createdAt() throws Exception {
    ModelManifest before = newest.value();
    long now = getProcessingTimeService().getCurrentProcessingTime();
    return before == null ? now : Math.max(now, before.createdAt() + 1);
  }

  private String job() {
    return getRuntimeContext().getJobInfo().getJobId().toHexString();
  }

  private void publish(MergedModel model, List<StoredParameters> merged) throws Exception {
    Margins margins = settings.margins().marginsFor(model.warmingUp(), model.means());
    network.setParameters(model.parameters().average());
    byte[] bytes =
        ModelFile.write(
            network,
            model.parameters().iterate(),
            new ModelInfo(
                model.version(), margins.first(), margins.second(), MergedFacts.of(model)));
    ModelManifest draft =
        ModelManifest.draft(
                new ModelManifest.Identity(
                    settings.get(NetworkConfig.NAME), model.run(), model.version()),
                model.version() - 1,
                createdAt(),
                MergedFacts.network(settings.network()),
                new ModelManifest.Margins(margins.first(), margins.second()),
                model.figures())
            .of(job())
            .with(decide(model));
    newest.update(draft);
    output.collect(new StreamRecord<>(new TrainedModel(draft, bytes, merged)));
    for (ReleaseCommand command : pending.takenAsOf(draft.identity())) {
      carryOut(command);
    }
  }
}
