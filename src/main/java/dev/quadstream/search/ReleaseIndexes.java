package dev.quadstream.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An index for each release, of which one is served until the live one can take its place in one
 * step: vectors of two releases never meet.
 *
 * <p>The live release takes over when it holds {@value #COVERAGE} of the images of the served one,
 * when it holds more images, or on command: where nothing is embedded anew but a bounded memory,
 * the images of an old release would be served for ever, and none that came since. The indexes that
 * came before it go then. A command holds until another release is announced. One thread updates,
 * any number reads.
 */
public final class ReleaseIndexes {

  /** Which share of the served release's images the live one needs to take its place. */
  public static final double COVERAGE = 0.995;

  /** Of releases that nobody announced, whose records may be anything. */
  private static final int MAX_INDEXES = 8;

  /**
   * A release with its images.
   *
   * @param key which
   * @param index its images, which go on changing
   */
  public record ReleaseIndex(ReleaseKey key, VectorIndex index) {}

  private final int exactUpTo;
  private final Map<ReleaseKey, VectorIndex> indexes = new LinkedHashMap<>();
  private boolean settled;
  private boolean commanded;
  private ReleaseKey live;
  private volatile ReleaseIndex served;
  private int covered;

  /** No release yet; each is searched exactly up to so many images. */
  public ReleaseIndexes(int exactUpTo) {
    this.exactUpTo = exactUpTo;
  }

  /**
   * Puts an image into the index of its release, and nowhere else.
   *
   * @throws IllegalArgumentException for a vector of another length than the release's, or one that
   *     is not finite
   */
  public synchronized void put(ReleaseKey key, String id, String label, float[] vector) {
    VectorIndex known = indexes.get(key);
    VectorIndex index = known == null ? new VectorIndex(vector.length, exactUpTo) : known;
    boolean added = index.put(id, label, vector);
    if (known == null) {
      indexes.put(key, index);
      limit(key);
    }
    if (settled && served == null) {
      serveNow(key);
    } else if (added && served != null) {
      boolean ofServed =
          key.equals(served.key()) && liveIndex().map(of -> of.contains(id)).orElse(false);
      boolean ofLive = key.equals(live) && served.index().contains(id);
      covered += ofServed || ofLive ? 1 : 0;
    }
    takeOverIfCovered();
  }

  /** Takes an image out of every index. */
  public synchronized void remove(String id) {
    if (served != null
        && served.index().contains(id)
        && liveIndex().map(of -> of.contains(id)).orElse(false)) {
      covered--;
    }
    indexes.values().forEach(index -> index.remove(id));
    takeOverIfCovered();
  }

  /** Names the live release, which is to be served as soon as its index can take over. */
  public synchronized void announce(ReleaseKey key) {
    commanded &= key.equals(live);
    live = key;
    recount();
    takeOverIfCovered();
  }

  /**
   * Ends the filling at the start: of the releases that are there the one with the most images is
   * served, of equals the live one, unless a command says which. Until then none is.
   */
  public synchronized void settle() {
    settled = true;
    if (!commanded) {
      indexes.keySet().stream()
          .max(
              Comparator.comparingInt((ReleaseKey key) -> indexes.get(key).size())
                  .thenComparing(key -> key.equals(live)))
          .ifPresent(this::serveNow);
    }
    takeOverIfCovered();
  }

  /**
   * Serves a release at once, whatever it covers.
   *
   * @return whether there is an index of that release
   */
  public synchronized boolean serve(ReleaseKey key) {
    if (!indexes.containsKey(key)) {
      return false;
    }
    commanded = true;
    serveNow(key);
    return true;
  }

  /** Lets go of a release's images, also where they are served: it is another model by now. */
  public synchronized void drop(ReleaseKey key) {
    indexes.remove(key);
    if (served != null && served.key().equals(key)) {
      served = null;
      commanded = false;
      settle();
    }
    recount();
  }

  /** What these were told to serve, if that holds for others, too: where the same is live. */
  public Optional<ReleaseKey> commandedFor(ReleaseIndexes others) {
    ReleaseKey liveThere = others.live();
    synchronized (this) {
      return commanded && Objects.equals(live, liveThere)
          ? Optional.of(served.key())
          : Optional.empty();
    }
  }

  private synchronized ReleaseKey live() {
    return live;
  }

  /** The release that is served, or nothing before the first image or while filling. */
  public Optional<ReleaseIndex> served() {
    return Optional.ofNullable(served);
  }

  /** Whether any release has the image. */
  public synchronized boolean contains(String id) {
    return indexes.values().stream().anyMatch(index -> index.contains(id));
  }

  public synchronized Optional<VectorIndex> of(ReleaseKey key) {
    return Optional.ofNullable(indexes.get(key));
  }

  /** Every release that there is an index of, in the order of their first images. */
  public synchronized List<ReleaseIndex> all() {
    List<ReleaseIndex> all = new ArrayList<>();
    indexes.forEach((key, index) -> all.add(new ReleaseIndex(key, index)));
    return all;
  }

  /** Which share of the served release's images the live one holds, 0 to 1. */
  public synchronized double coverage() {
    if (served == null || served.key().equals(live)) {
      return 1;
    }
    int size = served.index().size();
    return size == 0 ? 1 : (double) covered / size;
  }

  private Optional<VectorIndex> liveIndex() {
    return served == null || served.key().equals(live)
        ? Optional.empty()
        : Optional.ofNullable(indexes.get(live));
  }

  private void takeOverIfCovered() {
    if (served != null && !commanded && liveTakesOver()) {
      serveNow(live);
    }
  }

  private boolean liveTakesOver() {
    return liveIndex()
        .map(index -> coverage() >= COVERAGE || index.size() > served.index().size())
        .orElse(false);
  }

  private void serveNow(ReleaseKey key) {
    served = new ReleaseIndex(key, indexes.get(key));
    if (key.equals(live)) {
      List<ReleaseKey> earlier = new ArrayList<>();
      for (ReleaseKey each : indexes.keySet()) {
        if (each.equals(key)) {
          break;
        }
        earlier.add(each);
      }
      earlier.forEach(indexes::remove);
    }
    recount();
  }

  private void recount() {
    covered = liveIndex().map(index -> served.index().countOf(index)).orElse(0);
  }

  private void limit(ReleaseKey newest) {
    if (indexes.size() > MAX_INDEXES) {
      indexes.keySet().stream()
          .filter(key -> !key.equals(newest) && !key.equals(live))
          .filter(key -> served == null || !key.equals(served.key()))
          // After a start the one with the most images is to be served.
          .min(Comparator.comparingInt(key -> indexes.get(key).size()))
          .ifPresent(indexes::remove);
    }
  }
}
