package dev.quadstream.serve.model;

import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.search.ExactSearch;
import dev.quadstream.search.ReRanking;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.state.MapFrame;
import dev.quadstream.serve.state.MapFrames;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.NeighbourList;
import dev.quadstream.serve.state.NeighbourList.Answer;
import dev.quadstream.serve.state.NeighbourList.Neighbour;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers which of the gallery's images are nearest under the run's models. For the thread of
 * {@link ModelWorker}.
 */
final class NeighbourSearch {

  private static final int NEIGHBOURS = 6;
  private static final PairMetric EUCLIDEAN = new EuclideanMetric();

  private final ModelsState state;
  private final MapFrames frames;
  private final LoadedNetworks networks;

  NeighbourSearch(ModelsState state, LoadedNetworks networks) {
    this.state = state;
    this.frames = state.frames();
    this.networks = networks;
  }

  /**
   * The neighbours of an image of the gallery.
   *
   * @throws RequestException where the version or the image is not on the map
   */
  Answer of(long version, String id) throws RequestException {
    MapFrame frame = frame(version);
    int row = frame.rowOf(id);
    if (row < 0) {
      throw new RequestException(
          404, "That image is not on the map of version %d.".formatted(version));
    }
    NeighbourList before =
        frames
            .before(version)
            .filter(older -> older.rowOf(id) >= 0)
            .map(
                older -> {
                  int olderRow = older.rowOf(id);
                  return list(
                      older, older.embeddings()[olderRow], olderRow, network(older.version()));
                })
            .orElse(null);
    return new Answer(
        id,
        frame.images().get(row).label(),
        before,
        list(frame, frame.embeddings()[row], row, network(version)));
  }

  /**
   * The neighbours of an image of one's own.
   *
   * @throws RequestException where the version or its model is not at hand
   */
  Answer of(long version, PixelImage image) throws RequestException {
    MapFrame frame = frame(version);
    QuadrupletNetwork network =
        network(version)
            .orElseThrow(
                () ->
                    new RequestException(
                        409,
                        "The model of version %d is not at hand: looking up your own image needs the model registry."
                            .formatted(version)));
    Optional<MapFrame> older = frames.before(version);
    Optional<QuadrupletNetwork> olderNetwork = older.flatMap(map -> network(map.version()));
    NeighbourList before =
        olderNetwork.isEmpty()
            ? null
            : list(older.get(), ImageEmbedding.of(olderNetwork.get(), image), -1, olderNetwork);
    return new Answer(
        null,
        null,
        before,
        list(frame, ImageEmbedding.of(network, image), -1, Optional.of(network)));
  }

  private MapFrame frame(long version) throws RequestException {
    return frames
        .of(version)
        .orElseThrow(
            () ->
                new RequestException(
                    404,
                    "Version %d is no longer on the map; choose another one.".formatted(version)));
  }

  /** The version's network, or nothing where its file is gone. */
  private Optional<QuadrupletNetwork> network(long version) {
    ModelManifest manifest = state.manifest(version);
    if (manifest == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(networks.of(manifest));
    } catch (RegistryException | ModelFormatException e) {
      return Optional.empty();
    }
  }

  private static NeighbourList list(
      MapFrame frame, float[] probe, int except, Optional<QuadrupletNetwork> network) {
    float[][] gallery = frame.embeddings();
    int[] rows = new ExactSearch(gallery).nearest(probe, except, NEIGHBOURS);
    UnitEmbeddings probes = new UnitEmbeddings(new float[][] {probe});
    UnitEmbeddings shown = new UnitEmbeddings(gallery);
    float[] euclidean = ReRanking.distances(EUCLIDEAN, probes, 0, shown, rows);
    float[] learned =
        network
            .map(QuadrupletNetwork::metric)
            .filter(PairMetric::fusesLate)
            .map(metric -> ReRanking.distances(metric, probes, 0, shown, rows))
            .orElse(null);
    List<Neighbour> neighbours = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      neighbours.add(
          new Neighbour(
              frame.images().get(rows[i]).id(),
              frame.images().get(rows[i]).label(),
              euclidean[i],
              learned == null ? null : (Double) (double) learned[i]));
    }
    return new NeighbourList(frame.version(), neighbours);
  }
}
