package dev.quadstream.search;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult.NodeScore;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A graph of vectors in which each is linked to near ones, so that the nearest of a query are found
 * by a walk: approximately, in a time that grows little with their number. Source: JVector, after
 * Subramanya et al., "DiskANN", NeurIPS 2019, with the levels of Malkov and Yashunin, "HNSW" (arXiv
 * 1603.09320).
 *
 * <p>Nodes are only ever added, by one thread; any number searches meanwhile.
 */
final class NeighbourGraph {

  private static final VectorTypeSupport VECTORS =
      VectorizationProvider.getInstance().getVectorTypeSupport();

  /** Links of a node, and how many candidates an insertion looks at. */
  private static final int DEGREE = 16;

  private static final int CONSTRUCTION_BEAM = 64;

  /** How many candidates a search keeps, and at least so many times those that are wanted. */
  private static final int SEARCH_BEAM = 100;

  private static final int BEAM_TO_COUNT = 4;

  private static final float NEIGHBOUR_OVERFLOW = 1.2f;
  private static final float DIVERSITY = 1.2f;

  private final Nodes nodes;
  private final GraphIndexBuilder builder;

  /** A graph without a node, for vectors of this length. */
  NeighbourGraph(int dimensions) {
    nodes = new Nodes(dimensions);
    builder =
        new GraphIndexBuilder(
            BuildScoreProvider.randomAccessScoreProvider(nodes, VectorSimilarityFunction.EUCLIDEAN),
            dimensions,
            DEGREE,
            CONSTRUCTION_BEAM,
            NEIGHBOUR_OVERFLOW,
            DIVERSITY,
            true);
  }

  /** Adds a vector, which is copied, and returns its node: 0, 1, 2, … */
  int add(float[] vector) {
    int node = nodes.add(VECTORS.createFloatVector(vector.clone()));
    builder.addGraphNode(node, nodes.getVector(node));
    return node;
  }

  /** Nodes near to a query, nearest first; fewer where the walk finds no more. */
  int[] nearest(float[] query, int count, IntPredicate accepted) {
    try (GraphSearcher searcher = new GraphSearcher(builder.getGraph())) {
      NodeScore[] found =
          searcher
              .search(
                  DefaultSearchScoreProvider.exact(
                      VECTORS.createFloatVector(query), VectorSimilarityFunction.EUCLIDEAN, nodes),
                  count,
                  Math.max(SEARCH_BEAM, BEAM_TO_COUNT * count),
                  0,
                  0,
                  accepted::test)
              .getNodes();
      return Arrays.stream(found).mapToInt(node -> node.node).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException("A graph in memory cannot fail to close.", e);
    }
  }

  /** The vectors, which a node's links lead to only once it is there. */
  private static final class Nodes implements RandomAccessVectorValues {

    private static final int INITIAL = 1_024;

    private final int dimensions;
    private volatile VectorFloat<?>[] vectors = new VectorFloat<?>[INITIAL];
    private volatile int size;

    Nodes(int dimensions) {
      this.dimensions = dimensions;
    }

    private synchronized int add(VectorFloat<?> vector) {
      int node = size;
      VectorFloat<?>[] all = vectors;
      if (node == all.length) {
        all = Arrays.copyOf(all, node + node / 2);
      }
      all[node] = vector;
      vectors = all;
      size = node + 1;
      return node;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int dimension() {
      return dimensions;
    }

    @Override
    public VectorFloat<?> getVector(int node) {
      return vectors[node];
    }

    @Override
    public boolean isValueShared() {
      return false;
    }

    @Override
    public RandomAccessVectorValues copy() {
      return this;
    }
  }
}
