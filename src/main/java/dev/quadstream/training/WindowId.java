package dev.quadstream.training;

/**
 * Which window of which run: windows are numbered over the whole run and dealt to its replicas in
 * turn.
 *
 * @param run the run, drawn when a job starts without state
 * @param number W, from 0
 * @param replicas N, 1 or more
 */
public record WindowId(String run, long number, int replicas) {

  public WindowId {
    if (number < 0 || replicas < 1) {
      throw new IllegalArgumentException(
          "Windows count from 0 and replicas from 1, unlike window %d of %d replicas."
              .formatted(number, replicas));
    }
  }

  /** The replica that trains on it: W mod N. */
  public int replica() {
    return (int) (number % replicas);
  }

  /** Its number among those of its replica, from 0. */
  public long inReplica() {
    return number / replicas;
  }
}
