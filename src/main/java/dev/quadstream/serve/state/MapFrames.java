package dev.quadstream.serve.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The map under each of a bounded number of model versions, spread over the whole run. Thread-safe.
 */
public final class MapFrames {

  private final int most;
  private final List<MapFrame> frames = new ArrayList<>();

  /** No frames yet; at most so many, at least 3. */
  MapFrames(int most) {
    this.most = most;
  }

  /** Adds a frame in its place; when full, every other of the older ones goes. */
  public synchronized void add(MapFrame frame) {
    if (frames.size() == most) {
      for (int i = frames.size() - 3; i > 0; i -= 2) {
        frames.remove(i);
      }
    }
    int place = frames.size();
    while (place > 0 && frames.get(place - 1).version() > frame.version()) {
      place--;
    }
    frames.add(place, frame);
  }

  synchronized void removeFrom(long version) {
    frames.removeIf(frame -> frame.version() >= version);
  }

  /** Takes an image off every frame. */
  public void remove(String id) {
    remove(id, frame -> true);
  }

  /** Takes an image off one version's frame. */
  public void remove(long version, String id) {
    remove(id, frame -> frame.version() == version);
  }

  private synchronized void remove(String id, Predicate<MapFrame> from) {
    frames.replaceAll(frame -> from.test(frame) ? frame.without(id) : frame);
    frames.removeIf(frame -> frame.images().isEmpty());
  }

  public synchronized void clear() {
    frames.clear();
  }

  /** Oldest first. */
  public synchronized List<MapFrame> all() {
    return List.copyOf(frames);
  }

  public synchronized Optional<MapFrame> newest() {
    return frames.isEmpty() ? Optional.empty() : Optional.of(frames.get(frames.size() - 1));
  }

  public synchronized Optional<MapFrame> of(long version) {
    return frames.stream().filter(frame -> frame.version() == version).findFirst();
  }

  /** The newest one that is older than the version. */
  public synchronized Optional<MapFrame> before(long version) {
    return frames.stream()
        .filter(frame -> frame.version() < version)
        .reduce((older, newer) -> newer);
  }
}
