package dev.quadstream.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The images of one release, by id, and the nearest of them. Up to a number of images it is exact
 * search, linear in their number for each query; beyond, a graph is walked, and what that does not
 * hold yet is looked at one by one. Where few images have a label that is asked for, or many
 * neighbours are wanted, it is exact, too.
 *
 * <p>Thread-safe: one thread updates it, one {@link #extendGraph extends the graph}, while many
 * search; each search sees all images as they were between two updates.
 */
public final class VectorIndex {

  /** Beyond so many neighbours, or where so few images may be one, a walk is longer than all. */
  private static final int MAX_BY_GRAPH = 100;

  private static final int SAMPLE = 64;
  private static final int MIN_OF_SAMPLE = 16;

  /** Of the images, so that looking at those one by one takes less than the walk saves. */
  private static final double MAX_WAITING = 0.02;

  private static final int AT_ONCE = 64;

  private record Addition(String id, float[] vector) {}

  private final int dimensions;
  private final int exactUpTo;
  private final Map<String, Integer> rows = new HashMap<>();
  private final ArrayList<String> ids = new ArrayList<>();
  private final ArrayList<String> labels = new ArrayList<>();
  private final List<VectorBlock> blocks = new ArrayList<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private GraphedRows graph;
  private GraphedRows nextGraph;

  /** An empty index of vectors of this length, 1 or more, which is exact however many there are. */
  public VectorIndex(int dimensions) {
    this(dimensions, Integer.MAX_VALUE);
  }

  /** The same, which is exact up to so many images. */
  public VectorIndex(int dimensions, int exactUpTo) {
    this.dimensions = dimensions;
    this.exactUpTo = exactUpTo;
  }

  /** The length of its vectors. */
  public int dimensions() {
    return dimensions;
  }

  /** The number of its images. */
  public int size() {
    return holding(lock.readLock(), () -> ids.size());
  }

  /** How many of them the graph holds that is walked; 0 without one. */
  public int graphSize() {
    return holding(lock.readLock(), () -> graph == null ? 0 : ids.size() - graph.waiting());
  }

  /**
   * Puts an image in, in place of the one of that id if there is one.
   *
   * @param label null for none
   * @param vector is copied
   * @return whether there was none of that id
   * @throws IllegalArgumentException for a vector of another length, or one that is not finite
   */
  public boolean put(String id, String label, float[] vector) {
    requireFits(vector);
    return holding(
        lock.writeLock(),
        () -> {
          Integer known = rows.get(id);
          int row = known == null ? ids.size() : known;
          if (known == null) {
            // First of all: what finds no room in the heap is to leave the index as it was.
            if (row == blocks.size() * VectorBlock.SIZE) {
              blocks.add(new VectorBlock(dimensions));
            }
            ids.ensureCapacity(row + 1);
            labels.ensureCapacity(row + 1);
            ids.add(id);
            labels.add(label);
            rows.put(id, row);
          } else {
            labels.set(row, label);
          }
          blockOf(row).set(row % VectorBlock.SIZE, vector);
          graphs().forEach(each -> each.changed(row));
          return known == null;
        });
  }

  /** Takes an image out; returns whether it was there. */
  public boolean remove(String id) {
    return holding(
        lock.writeLock(),
        () -> {
          Integer row = rows.remove(id);
          if (row == null) {
            return false;
          }
          int last = ids.size() - 1;
          if (row != last) {
            blockOf(row).set(row % VectorBlock.SIZE, blockOf(last).get(last % VectorBlock.SIZE));
            ids.set(row, ids.get(last));
            labels.set(row, labels.get(last));
            rows.put(ids.get(row), row);
          }
          ids.remove(last);
          labels.remove(last);
          graphs().forEach(each -> each.removed(row, last));
          if (last % VectorBlock.SIZE == 0) {
            blocks.remove(last / VectorBlock.SIZE);
          }
          return true;
        });
  }

  /** Whether an image is there. */
  public boolean contains(String id) {
    return holding(lock.readLock(), () -> rows.containsKey(id));
  }

  /** How many different labels its images have. */
  public int classes() {
    return holding(
        lock.readLock(), () -> (int) labels.stream().filter(Objects::nonNull).distinct().count());
  }

  /** The ids of all its images. */
  public List<String> ids() {
    return holding(lock.readLock(), () -> List.copyOf(ids));
  }

  public Optional<IndexedImage> get(String id) {
    return holding(
        lock.readLock(),
        () ->
            Optional.ofNullable(rows.get(id))
                .map(
                    row ->
                        new IndexedImage(
                            id, labels.get(row), blockOf(row).get(row % VectorBlock.SIZE))));
  }

  /** How many images of another index of the same images are in this one. */
  int countOf(VectorIndex other) {
    return holding(
        lock.readLock(), () -> (int) rows.keySet().stream().filter(other::contains).count());
  }

  /** The nearest images to a query, nearest first; fewer than asked for where there are no more. */
  public List<Neighbour> nearest(NeighbourQuery query) {
    return nearest(List.of(query)).get(0);
  }

  /**
   * The same for several queries, all among the same images, in one go over the index.
   *
   * @throws IllegalArgumentException for a vector of another length, or one that is not finite
   */
  public List<List<Neighbour>> nearest(List<NeighbourQuery> queries) {
    queries.forEach(query -> requireFits(query.vector()));
    List<NearestHeap> heaps = queries.stream().map(NearestHeap::new).toList();
    lock.readLock().lock();
    try {
      List<NearestHeap> all = new ArrayList<>();
      for (NearestHeap heap : heaps) {
        if (isForGraph(heap.query())) {
          walk(heap);
        } else {
          all.add(heap);
        }
      }
      scan(all);
    } finally {
      lock.readLock().unlock();
    }
    return heaps.stream().map(NearestHeap::nearestFirst).toList();
  }

  private void scan(List<NearestHeap> heaps) {
    if (!heaps.isEmpty()) {
      float[] squared = new float[VectorBlock.SIZE];
      for (int block = 0; block < blocks.size(); block++) {
        int start = block * VectorBlock.SIZE;
        int count = Math.min(VectorBlock.SIZE, ids.size() - start);
        for (int query = 0; query < heaps.size(); query++) {
          blocks.get(block).squaredDistances(heaps.get(query).query().vector(), squared);
          offer(heaps.get(query), squared, start, count);
        }
      }
    }
  }

  /** Whether the graph answers it, as far as one thread can tell. */
  boolean isForGraph(NeighbourQuery query) {
    if (graph == null
        || graph.waiting() > MAX_WAITING * ids.size()
        || query.count() > MAX_BY_GRAPH) {
      return false;
    }
    int accepted = 0;
    for (int i = 0; i < SAMPLE; i++) {
      int row = (int) ((long) i * ids.size() / SAMPLE);
      accepted += query.labels().test(labels.get(row)) ? 1 : 0;
    }
    return accepted >= MIN_OF_SAMPLE;
  }

  private void walk(NearestHeap heap) {
    NeighbourQuery query = heap.query();
    int[] near =
        graph.nearest(
            query.vector(),
            query.count(),
            row -> query.labels().test(labels.get(row)) && !ids.get(row).equals(query.except()));
    for (int row : near) {
      float squared = blockOf(row).squaredDistance(query.vector(), row % VectorBlock.SIZE);
      heap.offer(ids.get(row), labels.get(row), squared);
    }
    float[] squared = new float[VectorBlock.SIZE];
    int row = graph.nextWaiting(0);
    while (row >= 0) {
      int start = row - row % VectorBlock.SIZE;
      int end = Math.min(start + VectorBlock.SIZE, ids.size());
      blockOf(row).squaredDistances(query.vector(), squared);
      for (; row >= 0 && row < end; row = graph.nextWaiting(row + 1)) {
        if (heap.mayTake(squared[row - start])) {
          heap.offer(ids.get(row), labels.get(row), squared[row - start]);
        }
      }
    }
  }

  /**
   * Takes some more images into the graph if there are so many that one is worth it: about a
   * millisecond each, while updates and searches go on. By one thread at a time.
   *
   * @return whether more wait
   */
  public boolean extendGraph() {
    List<GraphedRows> now = holding(lock.writeLock(), this::graphsToExtend);
    now.forEach(this::extend);
    return holding(lock.readLock(), () -> now.stream().anyMatch(each -> each.nextWaiting(0) >= 0));
  }

  /** The graphs that are to be extended: none, the one that is walked, and one to replace it. */
  private List<GraphedRows> graphsToExtend() {
    if (ids.size() <= exactUpTo) {
      graph = null;
      nextGraph = null;
    } else if (graph == null) {
      graph = new GraphedRows(dimensions, ids.size());
    } else if (nextGraph == null && graph.needsRebuild()) {
      nextGraph = new GraphedRows(dimensions, ids.size());
    } else if (nextGraph != null && nextGraph.waiting() <= AT_ONCE) {
      graph = nextGraph;
      nextGraph = null;
    }
    return graphs();
  }

  private List<GraphedRows> graphs() {
    return Stream.of(graph, nextGraph).filter(Objects::nonNull).toList();
  }

  private void extend(GraphedRows rowsOfGraph) {
    List<Addition> additions = new ArrayList<>();
    lock.readLock().lock();
    try {
      for (int row = rowsOfGraph.nextWaiting(0);
          row >= 0 && additions.size() < AT_ONCE;
          row = rowsOfGraph.nextWaiting(row + 1)) {
        additions.add(new Addition(ids.get(row), blockOf(row).get(row % VectorBlock.SIZE)));
      }
    } finally {
      lock.readLock().unlock();
    }
    for (Addition addition : additions) {
      int node = rowsOfGraph.add(addition.vector());
      lock.writeLock().lock();
      try {
        Integer row = rows.get(addition.id());
        boolean isSame =
            row != null
                && rowsOfGraph.waits(row)
                && Arrays.equals(blockOf(row).get(row % VectorBlock.SIZE), addition.vector());
        if (isSame) {
          rowsOfGraph.arrived(row, node);
        }
      } finally {
        lock.writeLock().unlock();
      }
    }
  }

  private void offer(NearestHeap heap, float[] squared, int start, int count) {
    for (int row = 0; row < count; row++) {
      if (heap.mayTake(squared[row])) {
        heap.offer(ids.get(start + row), labels.get(start + row), squared[row]);
      }
    }
  }

  private static <T> T holding(Lock lock, Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private VectorBlock blockOf(int row) {
    return blocks.get(row / VectorBlock.SIZE);
  }

  private void requireFits(float[] vector) {
    Objects.requireNonNull(vector, "vector");
    if (vector.length != dimensions) {
      throw new IllegalArgumentException(
          "The vector has %d numbers; those of this release have %d."
              .formatted(vector.length, dimensions));
    }
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("The vector holds " + value + ": all must be finite.");
      }
    }
  }
}
