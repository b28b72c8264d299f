package dev.quadstream.search;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** The nearest of those that are offered, a bounded number. Not thread-safe. */
final class NearestHeap {

  private final NeighbourQuery query;
  private final PriorityQueue<Neighbour> farthestFirst =
      new PriorityQueue<>(Neighbour.NEAREST_FIRST.reversed());

  NearestHeap(NeighbourQuery query) {
    this.query = query;
  }

  /** What is looked for. */
  NeighbourQuery query() {
    return query;
  }

  /** Whether one at that distance could be among the nearest: cheap, as most are not. */
  boolean mayTake(float squaredDistance) {
    return farthestFirst.size() < query.count()
        || squaredDistance <= farthestFirst.peek().squaredDistance();
  }

  void offer(String id, String label, float squaredDistance) {
    if (id.equals(query.except()) || !query.labels().test(label)) {
      return;
    }
    farthestFirst.add(new Neighbour(id, label, squaredDistance));
    if (farthestFirst.size() > query.count()) {
      farthestFirst.poll();
    }
  }

  List<Neighbour> nearestFirst() {
    List<Neighbour> neighbours = new ArrayList<>(farthestFirst);
    neighbours.sort(Neighbour.NEAREST_FIRST);
    return neighbours;
  }
}
