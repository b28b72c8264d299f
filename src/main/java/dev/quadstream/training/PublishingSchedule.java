package dev.quadstream.training;

import java.util.ArrayList;
import java.util.List;

/**
 * Which versions of a run are published. The interval may change during a run; each change holds
 * from a version on, so that every window still knows which version it is mined with.
 *
 * @param changes the intervals, in order of their first version; the first one's is 0
 */
public record PublishingSchedule(List<Change> changes) {

  private static final int SHORTER_ROUNDS = 10;

  /**
   * An interval that holds from a version on.
   *
   * @param fromVersion the first version that it decides on
   * @param every P: the multiples of it are published
   */
  public record Change(long fromVersion, int every) {

    public Change {
      if (fromVersion < 0 || every < 1) {
        throw new IllegalArgumentException(
            "A version is 0 or more and an interval 1 or more, not %d and %d."
                .formatted(fromVersion, every));
      }
    }
  }

  public PublishingSchedule {
    changes = List.copyOf(changes);
    if (changes.isEmpty() || changes.get(0).fromVersion() != 0) {
      throw new IllegalArgumentException(
          "The first interval holds from version 0 on: " + changes + ".");
    }
    for (int i = 1; i < changes.size(); i++) {
      if (changes.get(i).fromVersion() <= changes.get(i - 1).fromVersion()) {
        throw new IllegalArgumentException("Intervals follow one another: " + changes + ".");
      }
    }
  }

  /** One interval for the whole run. */
  public static PublishingSchedule every(int windows) {
    return new PublishingSchedule(List.of(new Change(0, windows)));
  }

  /**
   * The intervals of several replicas: the first ten rounds are shorter by their number, so that
   * while the model is young they see together what one replica would have seen.
   */
  public static PublishingSchedule ofReplicas(int replicas, int windows) {
    int shorter = Math.max(1, windows / replicas);
    return shorter == windows
        ? every(windows)
        : every(shorter).changedTo(windows, (long) SHORTER_ROUNDS * shorter + 1);
  }

  /** The interval that holds last. */
  public int interval() {
    return changes.get(changes.size() - 1).every();
  }

  /** The schedule with another interval from a version on, whatever was to change from there on. */
  public PublishingSchedule changedTo(int windows, long fromVersion) {
    List<Change> more = new ArrayList<>(changes);
    more.removeIf(change -> change.fromVersion() >= fromVersion && change.fromVersion() > 0);
    more.add(new Change(fromVersion, windows));
    return new PublishingSchedule(more);
  }

  /** Whether a version, of 1 or more, is published. */
  public boolean publishes(long version) {
    return latest(version) == version;
  }

  /**
   * The version that a window is mined with: the last one published up to version {@code max(0, w −
   * L)}, which is {@code P · ⌊max(0, w − L) / P⌋} where the interval never changed.
   *
   * <p>Fixed by the window's number and never "the newest at hand", so that a run is a function of
   * its input.
   *
   * @param window w, from 0
   * @param staleness L, windows that mining may lag behind at least
   */
  public long versionFor(long window, int staleness) {
    return latest(Math.max(0, window - staleness));
  }

  private long latest(long version) {
    long limit = version;
    for (int i = changes.size() - 1; i > 0; i--) {
      Change change = changes.get(i);
      long multiple = limit - limit % change.every();
      if (multiple >= change.fromVersion()) {
        return multiple;
      }
      limit = Math.min(limit, change.fromVersion() - 1);
    }
    return limit - limit % changes.get(0).every();
  }
}
