package dev.quadstream.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The images of one release, by id, and the nearest of them by exact search: linear in their number
 * for each query.
 *
 * <p>Thread-safe: one thread updates it while many search; each search sees all images as they were
 * between two updates.
 */
public final class VectorIndex {

  private final int dimensions;
  private final Map<String, Integer> rows = new HashMap<>();
  private final List<String> ids = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private final List<VectorBlock> blocks = new ArrayList<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /** An empty index of vectors of this length, 1 or more. */
  public VectorIndex(int dimensions) {
    this.dimensions = dimensions;
  }

  /** The length of its vectors. */
  public int dimensions() {
    return dimensions;
  }

  /** The number of its images. */
  public int size() {
    lock.readLock().lock();
    try {
      return ids.size();
    } finally {
      lock.readLock().unlock();
    }
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
    lock.writeLock().lock();
    try {
      Integer known = rows.get(id);
      int row = known == null ? ids.size() : known;
      if (known == null) {
        rows.put(id, row);
        ids.add(id);
        labels.add(label);
        if (row % VectorBlock.SIZE == 0) {
          blocks.add(new VectorBlock(dimensions));
        }
      } else {
        labels.set(row, label);
      }
      blockOf(row).set(row % VectorBlock.SIZE, vector);
      return known == null;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Takes an image out; returns whether it was there. */
  public boolean remove(String id) {
    lock.writeLock().lock();
    try {
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
      if (last % VectorBlock.SIZE == 0) {
        blocks.remove(last / VectorBlock.SIZE);
      }
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Whether an image is there. */
  public boolean contains(String id) {
    lock.readLock().lock();
    try {
      return rows.containsKey(id);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The ids of all its images. */
  public List<String> ids() {
    lock.readLock().lock();
    try {
      return List.copyOf(ids);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The image of that id. */
  public Optional<IndexedImage> get(String id) {
    lock.readLock().lock();
    try {
      return Optional.ofNullable(rows.get(id))
          .map(
              row ->
                  new IndexedImage(id, labels.get(row), blockOf(row).get(row % VectorBlock.SIZE)));
    } finally {
      lock.readLock().unlock();
    }
  }

  /** How many images of another index of the same images are in this one. */
  int countOf(VectorIndex other) {
    lock.readLock().lock();
    try {
      return (int) rows.keySet().stream().filter(other::contains).count();
    } finally {
      lock.readLock().unlock();
    }
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
    float[] squared = new float[VectorBlock.SIZE];
    lock.readLock().lock();
    try {
      for (int block = 0; block < blocks.size(); block++) {
        int start = block * VectorBlock.SIZE;
        int count = Math.min(VectorBlock.SIZE, ids.size() - start);
        for (int query = 0; query < heaps.size(); query++) {
          blocks.get(block).squaredDistances(queries.get(query).vector(), squared);
          offer(heaps.get(query), squared, start, count);
        }
      }
    } finally {
      lock.readLock().unlock();
    }
    return heaps.stream().map(NearestHeap::nearestFirst).toList();
  }

  private void offer(NearestHeap heap, float[] squared, int start, int count) {
    for (int row = 0; row < count; row++) {
      if (heap.mayTake(squared[row])) {
        heap.offer(ids.get(start + row), labels.get(start + row), squared[row]);
      }
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
