package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pointer to the live model, whenever a published manifest or a command moves it. A manifest
 * that was drafted before a command and comes after it moves nothing. Without state: after a
 * restart the first manifest says where the pointer is once more.
 */
public final class ReleaseFunction extends CoProcessFunction<ModelManifest, Release, Release> {

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
  public void processElement1(ModelManifest manifest, Context context, Collector<Release> out) {
    ReleaseDecision decision = manifest.release();
    if (decision == null || (last != null && !moves(decision))) {
      return;
    }
    Optional<ModelManifest> live = liveOf(manifest, decision.live());
    if (live.isEmpty()) {
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

  @Override
  public void processElement2(Release commanded, Context context, Collector<Release> out) {
    last = commanded.decision();
    out.collect(commanded);
  }

  /** A registry that is away may come back; a manifest that is gone or damaged stays so. */
  private Optional<ModelManifest> liveOf(ModelManifest manifest, long version) {
    ModelManifest.Identity identity = manifest.identity();
    if (version == identity.version()) {
      return Optional.of(manifest);
    }
    String why = "it is not in the registry.";
    try {
      Optional<ModelManifest> live = registry.find(identity.name(), identity.run(), version);
      if (live.isPresent()) {
        return live;
      }
    } catch (RegistryException e) {
      if (!e.isLost()) {
        throw RegistryOption.named(settings, e);
      }
      why = e.getMessage();
    }
    LOG.error(
        "Version {} is live as of version {} and cannot be pointed to: {} The releases topic keeps the pointer that it has until the manifest is put back or another version is released (quadstream release).",
        version,
        identity.version(),
        why);
    return Optional.empty();
  }

  /** The evidence changes with each version and says nothing of the pointer. */
  private boolean moves(ReleaseDecision decision) {
    return decision.commands() >= last.commands()
        && (decision.live() != last.live()
            || decision.held() != last.held()
            || !decision.quarantined().equals(last.quarantined()));
  }
}
