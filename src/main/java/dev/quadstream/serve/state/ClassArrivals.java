package dev.quadstream.serve.state;

import dev.quadstream.serve.state.MapSummary.Arrival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Notices classes that were not there before. Thread-safe. */
public final class ClassArrivals {

  private static final int SHOWN = 12;

  /** Beyond so many classes, which take some 20 MB, new ones are no longer told from known ones. */
  private static final int MAX_CLASSES = 200_000;

  private final Set<String> known = new HashSet<>();
  private final Deque<Arrival> newest = new ArrayDeque<>();

  public synchronized void met(String label, String image, long at) {
    if (known.size() >= MAX_CLASSES || !known.add(label)) {
      return;
    }
    newest.addLast(new Arrival(label, image, at));
    if (newest.size() > SHOWN) {
      newest.removeFirst();
    }
  }

  /** Shows an image no more; its class stays known. */
  public synchronized void remove(String image) {
    newest.removeIf(arrival -> arrival.image().equals(image));
  }

  /** Newest first. */
  public synchronized List<Arrival> newest() {
    List<Arrival> reversed = new ArrayList<>(newest);
    Collections.reverse(reversed);
    return reversed;
  }
}
