package dev.quadstream.serve.model;

import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The few networks that were asked for last. For one thread. */
public final class LoadedNetworks implements AutoCloseable {

  private static final int MAX_NETWORKS = 3;

  private final ModelRegistry registry;
  private final Map<String, QuadrupletNetwork> networks = new LinkedHashMap<>(8, 0.75f, true);

  public LoadedNetworks(ModelRegistry registry) {
    this.registry = registry;
  }

  /**
   * The network of a manifest; belongs to this object.
   *
   * @throws RegistryException if the file is gone or damaged
   * @throws ModelFormatException if this program cannot read it
   */
  public QuadrupletNetwork of(ModelManifest manifest) throws ModelFormatException {
    QuadrupletNetwork known = networks.get(manifest.file().sha256());
    if (known != null) {
      return known;
    }
    LoadedModel model = registry.load(manifest, ModelFile::parameters).loadToEmbed();
    networks.put(manifest.file().sha256(), model.network());
    Iterator<QuadrupletNetwork> longestUnused = networks.values().iterator();
    while (networks.size() > MAX_NETWORKS) {
      longestUnused.next().close();
      longestUnused.remove();
    }
    return model.network();
  }

  @Override
  public void close() {
    networks.values().forEach(QuadrupletNetwork::close);
    networks.clear();
  }
}
