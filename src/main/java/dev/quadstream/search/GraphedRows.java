package dev.quadstream.search;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * Which rows of an index a graph holds. A row whose vector is another waits for a node of its own,
 * and its former node is passed over from then on: what is gone is found no longer at once, and
 * what waits is to be looked at one by one.
 *
 * <p>Not thread-safe, but for {@link #add}, which one thread may be in while others search.
 */
final class GraphedRows {

  private static final int NONE = -1;

  private final NeighbourGraph graph;
  private final BitSet waiting = new BitSet();
  private int[] nodes = new int[0];
  private int[] rows = new int[0];
  private int held;
  private int added;

  /** No row is held, and so many wait. */
  GraphedRows(int dimensions, int size) {
    graph = new NeighbourGraph(dimensions);
    waiting.set(0, size);
  }

  /** A row is new, or has another vector. */
  void changed(int row) {
    release(row);
    waiting.set(row);
  }

  /** A row is gone, and the last one is in its place. */
  void removed(int row, int last) {
    release(row);
    boolean lastWaits = waiting.get(last);
    int node = node(last);
    waiting.clear(last);
    waiting.clear(row);
    if (row == last) {
      return;
    }
    waiting.set(row, lastWaits);
    if (node != NONE) {
      nodes[last] = NONE;
      hold(row, node);
    }
  }

  private void release(int row) {
    int node = node(row);
    if (node != NONE) {
      rows[node] = NONE;
      nodes[row] = NONE;
      held--;
    }
  }

  private int node(int row) {
    return row < nodes.length ? nodes[row] : NONE;
  }

  private void hold(int row, int node) {
    nodes = grown(nodes, row);
    rows = grown(rows, node);
    nodes[row] = node;
    rows[node] = row;
  }

  private static int[] grown(int[] array, int index) {
    if (index < array.length) {
      return array;
    }
    int[] grown = Arrays.copyOf(array, Math.max(index + 1, array.length + array.length / 2));
    Arrays.fill(grown, array.length, grown.length, NONE);
    return grown;
  }

  /** Puts a vector into the graph, of which no row is told yet; returns its node. */
  int add(float[] vector) {
    added++;
    return graph.add(vector);
  }

  /** A row that waits has this node. */
  void arrived(int row, int node) {
    waiting.clear(row);
    held++;
    hold(row, node);
  }

  boolean waits(int row) {
    return waiting.get(row);
  }

  /** The first row from {@code from} on that waits, or −1. */
  int nextWaiting(int from) {
    return waiting.nextSetBit(from);
  }

  int waiting() {
    return waiting.cardinality();
  }

  /** Whether most of its nodes are of no row any more, so that walking over them is a waste. */
  boolean needsRebuild() {
    return added > 2 * held;
  }

  /** Rows near to a query, of those that it holds. */
  int[] nearest(float[] query, int count, IntPredicate accepted) {
    int[] found =
        graph.nearest(
            query,
            count,
            node -> node < rows.length && rows[node] != NONE && accepted.test(rows[node]));
    return Arrays.stream(found).map(node -> rows[node]).toArray();
  }
}
