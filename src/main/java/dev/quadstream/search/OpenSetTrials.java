package dev.quadstream.search;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The trials that a stream of labelled images brings by itself, for one run.
 *
 * <p>The first image of a class, embedded by a model that had not seen it, is an impostor among the
 * images of all other classes. The last one, that its model had not seen either, is a genuine image
 * among those of its own. Both are compared with the images of their release, as many as there are
 * at the time.
 *
 * <p>Bounded: of each release the last {@value #MAX_CLASSES} classes of each kind. Thread-safe.
 */
public final class OpenSetTrials {

  /** More would only narrow the bounds at 0.1 % further. */
  private static final int MAX_CLASSES = 5_000;

  /** Searches in one go over an index, so that updates do not wait for long. */
  private static final int AT_ONCE = 16;

  private static final int MAX_RELEASES = 4;

  /**
   * All that it knows, to go on from.
   *
   * @param firsts the first image of each class
   * @param releases the trials of each release, the oldest release first
   */
  public record State(Map<String, First> firsts, Map<Long, Trials> releases) {}

  /** An image, or null where it is gone, and the window that it came in. */
  public record First(long window, String id) {}

  /** Of a release, ids by label, the oldest first. */
  public record Trials(Map<String, String> impostors, Map<String, String> genuine) {

    private Trials copy() {
      return new Trials(new LinkedHashMap<>(impostors), new LinkedHashMap<>(genuine));
    }
  }

  private final Map<String, First> firsts;
  private final Map<Long, Trials> releases = new LinkedHashMap<>();

  /** No trial yet. */
  public OpenSetTrials() {
    this(new State(Map.of(), Map.of()));
  }

  /** Goes on from a state, which is copied. */
  public OpenSetTrials(State state) {
    firsts = new HashMap<>(state.firsts());
    state.releases().forEach((release, trials) -> releases.put(release, trials.copy()));
  }

  /** A copy of all that it knows. */
  public synchronized State state() {
    Map<Long, Trials> copies = new LinkedHashMap<>();
    releases.forEach((release, trials) -> copies.put(release, trials.copy()));
    return new State(new HashMap<>(firsts), copies);
  }

  /**
   * Takes note of a labelled image; the order within a window is of no account, that of windows is.
   *
   * @param release version of the model that embedded it: the windows that it has seen
   * @param window the window that the image came in
   */
  public synchronized void add(long release, long window, String id, String label) {
    First first = firsts.get(label);
    if (first == null || window < first.window()) {
      first = new First(window, id);
      firsts.put(label, first);
    }
    if (release > window) {
      // The model was trained on it.
      return;
    }
    Trials trials =
        releases.computeIfAbsent(
            release, key -> new Trials(new LinkedHashMap<>(), new LinkedHashMap<>()));
    limit(releases, MAX_RELEASES);
    if (id.equals(first.id())) {
      trials.impostors().put(label, id);
      limit(trials.impostors(), MAX_CLASSES);
    } else if (window > first.window()) {
      trials.genuine().remove(label);
      trials.genuine().put(label, id);
      limit(trials.genuine(), MAX_CLASSES);
    }
  }

  /** Forgets images that are gone; that there was one of a class in a window stays. */
  public synchronized void retain(Predicate<String> there) {
    firsts.replaceAll(
        (label, first) ->
            first.id() == null || there.test(first.id()) ? first : new First(first.window(), null));
    for (Trials trials : releases.values()) {
      trials.impostors().values().removeIf(there.negate());
      trials.genuine().values().removeIf(there.negate());
    }
  }

  private static <K> void limit(Map<K, ?> map, int most) {
    if (map.size() > most) {
      Iterator<K> oldest = map.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** How many trials with images of new classes a release has. */
  public synchronized int impostors(long release) {
    Trials trials = releases.get(release);
    return trials == null ? 0 : trials.impostors().size();
  }

  /**
   * The scores of a release's trials among the images that it has now: a search for each, and a
   * rest after every few that is as long as they took.
   */
  public OpenSetScores scores(long release, VectorIndex index) {
    Map<String, String> impostors;
    Map<String, String> genuine;
    synchronized (this) {
      Trials trials = releases.get(release);
      impostors = trials == null ? Map.of() : new LinkedHashMap<>(trials.impostors());
      genuine = trials == null ? Map.of() : new LinkedHashMap<>(trials.genuine());
    }
    return OpenSetScores.of(
        nearest(index, impostors, label -> other -> other != null && !other.equals(label)),
        nearest(index, genuine, label -> label::equals),
        index.classes());
  }

  /**
   * By label the image that is nearest to the one of the trial, of those with a label it may have.
   */
  private static Map<String, Neighbour> nearest(
      VectorIndex index,
      Map<String, String> trials,
      Function<String, Predicate<String>> comparable) {
    List<IndexedImage> images =
        trials.entrySet().stream()
            .flatMap(
                trial ->
                    index.get(trial.getValue()).stream()
                        // One that was deleted or shows something else since is no trial.
                        .filter(image -> trial.getKey().equals(image.label())))
            .toList();
    Map<String, Neighbour> nearest = new LinkedHashMap<>();
    for (int start = 0; start < images.size(); start += AT_ONCE) {
      List<IndexedImage> some = images.subList(start, Math.min(start + AT_ONCE, images.size()));
      long begin = System.nanoTime();
      var found =
          index.nearest(
              some.stream()
                  .map(
                      image ->
                          new NeighbourQuery(
                              image.vector(), 1, comparable.apply(image.label()), image.id()))
                  .toList());
      for (int i = 0; i < some.size(); i++) {
        String label = some.get(i).label();
        // One without any image to compare with is no trial, either.
        found.get(i).forEach(image -> nearest.put(label, image));
      }
      // Each update would else wait for a search, one after the other.
      LockSupport.parkNanos(System.nanoTime() - begin);
    }
    return nearest;
  }
}
