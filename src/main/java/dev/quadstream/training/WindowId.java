package dev.quadstream.training;

/**
 * Which window of which run: windows are numbered over the whole run and dealt in turn to the
 * replicas that train it at that time.
 *
 * @param run the run, drawn when a job starts without state
 * @param number W, from 0
 * @param replicas N, 1 or more
 * @param first the first window that is dealt to these N replicas; 0 unless their number changed
 */
public record WindowId(String run, long number, int replicas, long first) {

  public WindowId {
    if (first < 0 || number < first || replicas < 1) {
      throw new IllegalArgumentException(
          "Windows count from 0, or from where the number of replicas changed, and replicas from 1, unlike window %d from %d of %d replicas."
              .formatted(number, first, replicas));
    }
  }

  /** A window of a run whose number of replicas never changed. */
  public WindowId(String run, long number, int replicas) {
    this(run, number, replicas, 0);
  }

  /** The replica that trains on it. */
  public int replica() {
    return (int) ((number - first) % replicas);
  }

  /** Its number among those of its replica, from 0. */
  public long inReplica() {
    return (number - first) / replicas;
  }

  /**
   * The version of the run at which each of the N replicas has processed so many windows: all
   * windows of the run up to then.
   */
  public long version(long windowsOfEach) {
    return first + replicas * windowsOfEach;
  }

  /** How many windows each of the N replicas has processed at a version of the run. */
  public long windowsOfEach(long version) {
    return (version - first) / replicas;
  }
}
