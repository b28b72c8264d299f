package dev.quadstream.stream;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts models into the registry and passes their manifests on: the claim check. */
final class PublishFunction extends ProcessFunction<TrainedModel, ModelManifest> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishFunction.class);
  private static final Duration LEFTOVER_AGE = Duration.ofMinutes(10);
  private static final double NANOS_PER_MILLI = 1e6;

  private final PipelineSettings settings;
  private transient ModelRegistry registry;
  private transient volatile double publishMillis;

  PublishFunction(PipelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    registry = new ModelRegistry(settings.registryDirectory());
    registry.checkWritable();
    int leftovers = registry.removeLeftovers(LEFTOVER_AGE);
    if (leftovers > 0) {
      LOG.info("Removed {} files that a crashed writer had left in the registry.", leftovers);
    }
    getRuntimeContext().getMetricGroup().gauge("publishMillis", () -> publishMillis);
  }

  @Override
  public void processElement(TrainedModel model, Context context, Collector<ModelManifest> out) {
    long start = System.nanoTime();
    ModelManifest manifest = registry.publish(model.draft(), model.bytes());
    publishMillis = (System.nanoTime() - start) / NANOS_PER_MILLI;
    LOG.debug("Published model version {} as {}.", manifest.version(), manifest.file());
    out.collect(manifest);
  }
}
