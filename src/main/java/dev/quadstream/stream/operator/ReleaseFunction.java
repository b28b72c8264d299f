package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pointer to the live model, whenever a published manifest moves it. Without state: after a
 * restart the first manifest says where it is once more.
 */
public final class ReleaseFunction extends ProcessFunction<ModelManifest, Release> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseFunction.class);

  private final PipelineSettings settings;
  private transient ModelRegistry registry;
  private transient ReleaseDecision last;

  public ReleaseFunction(PipelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    registry = new ModelRegistry(settings.registryDirectory());
  }

  @Override
  public void processElement(ModelManifest manifest, Context context, Collector<Release> out) {
    ReleaseDecision decision = manifest.release();
    if (decision == null || (last != null && isTheSame(last, decision))) {
      return;
    }
    Optional<ModelManifest> live = liveOf(manifest, decision.live());
    if (live.isEmpty()) {
      LOG.error(
          "Version {} is live as of version {} and is not in the registry: the releases topic keeps the pointer that it has.",
          decision.live(),
          manifest.identity().version());
      return;
    }
    last = decision;
    out.collect(
        new Release(
            live.get().identity(),
            live.get().file(),
            System.currentTimeMillis(),
            manifest.identity().version(),
            decision));
  }

  private Optional<ModelManifest> liveOf(ModelManifest manifest, long version) {
    ModelManifest.Identity identity = manifest.identity();
    return version == identity.version()
        ? Optional.of(manifest)
        : registry.find(identity.name(), identity.run(), version);
  }

  /** But for the evidence, which changes with each version. */
  private static boolean isTheSame(ReleaseDecision one, ReleaseDecision other) {
    return one.live() == other.live()
        && one.held() == other.held()
        && one.quarantined().equals(other.quarantined());
  }
}
