package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.stream.startup.StateDirectories;
import dev.quadstream.stream.startup.TaskManagerChecks;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts models into the registry and passes their manifests on: the claim check. */
public final class PublishFunction extends ProcessFunction<TrainedModel, ModelManifest> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishFunction.class);
  private static final double NANOS_PER_MILLI = 1e6;

  private final PipelineSettings settings;
  private transient ModelRegistry registry;
  private transient Set<String> cleaned;
  private transient volatile double publishMillis;

  public PublishFunction(PipelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    registry = new ModelRegistry(settings.registryDirectory());
    cleaned = new HashSet<>();
    TaskManagerChecks.at(getRuntimeContext(), this::requireDirectories);
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    metrics.gauge("publishMillis", () -> publishMillis);
    metrics.gauge("registryFreeBytes", () -> FreeSpace.bytes(settings.registryDirectory()));
    metrics.gauge("checkpointFreeBytes", () -> FreeSpace.bytes(settings.checkpointDirectory()));
  }

  private void requireDirectories() {
    StateDirectories.requireWritable(
        JobConfig.REGISTRY_DIRECTORY.key(), settings.registryDirectory());
    StateDirectories.requireShared(settings, getRuntimeContext().getJobInfo().getJobId());
  }

  @Override
  public void processElement(TrainedModel model, Context context, Collector<ModelManifest> out) {
    long start = System.nanoTime();
    ModelManifest manifest;
    try {
      removeLeftovers(model.draft());
      manifest = registry.publish(model.draft(), model.bytes());
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
    publishMillis = (System.nanoTime() - start) / NANOS_PER_MILLI;
    LOG.debug(
        "Published model version {} as {}.", manifest.identity().version(), manifest.file().path());
    out.collect(manifest);
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
}
