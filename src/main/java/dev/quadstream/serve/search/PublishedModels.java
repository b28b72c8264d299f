package dev.quadstream.serve.search;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.search.ReleaseKey;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a registry that may be away holds of releases. For one thread. */
final class PublishedModels implements FollowedTopics.Published {

  private static final Logger LOG = LoggerFactory.getLogger(PublishedModels.class);

  /** One that is away may take long to say so, and there are many releases. */
  private static final long RETRY_NANOS = 300_000_000_000L;

  private final ModelRegistry registry;
  private final String network;
  private long retryAt = System.nanoTime();

  PublishedModels(ModelRegistry registry, String network) {
    this.registry = registry;
    this.network = network;
  }

  @Override
  public Optional<ModelManifest> of(ReleaseKey key) {
    return ask(() -> registry.find(network, key.run(), key.release()), Optional.empty());
  }

  @Override
  public boolean wasAnother(ModelManifest model) {
    return ask(() -> registry.wasAnother(model), false);
  }

  private <T> T ask(Supplier<T> question, T otherwise) {
    if (System.nanoTime() - retryAt < 0) {
      return otherwise;
    }
    try {
      return question.get();
    } catch (RegistryException e) {
      if (!e.isLost()) {
        retryAt = System.nanoTime() + RETRY_NANOS;
      }
      LOG.warn(
          "Whether a release was another model before its run was set back cannot be told: {}",
          e.getMessage());
      return otherwise;
    }
  }
}
