package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Numbers the windows of a run and deals them to its replicas in turn. Immutable: dealing a window
 * leads to the dealer of the next one.
 *
 * @param next the next window
 * @param publishing which versions of the run are published, counted in windows of each replica
 * @param recent what became of ids in the latest N − 1 windows, oldest first
 * @param rescale another number of replicas to come, or null
 */
public record WindowDealer(
    WindowId next, PublishingSchedule publishing, List<RemoteChanges> recent, Rescale rescale) {

  /**
   * Another number of replicas, which holds from a window on. With the windows before it a round
   * ends, so that there is one model that they go on from.
   *
   * @param from the first window that is dealt to them
   * @param replicas their number
   */
  public record Rescale(long from, int replicas) {}

  public WindowDealer {
    recent = List.copyOf(recent);
  }

  /** A dealer whose number of replicas stays. */
  public WindowDealer(WindowId next, PublishingSchedule publishing, List<RemoteChanges> recent) {
    this(next, publishing, recent, null);
  }

  public static WindowDealer ofNewRun(int replicas, int publishEvery) {
    return new WindowDealer(
        new WindowId(UUID.randomUUID().toString(), 0, replicas),
        PublishingSchedule.ofReplicas(replicas, publishEvery),
        List.of());
  }

  /** The number of replicas that the run has, or is about to have. */
  public int replicas() {
    return rescale == null ? next.replicas() : rescale.replicas();
  }

  /**
   * The dealer with another interval between published versions, from the first version on to which
   * no window has been dealt yet, in any replica; with another number of replicas to come, from
   * those on.
   */
  public WindowDealer publishingEvery(int windows) {
    if (rescale != null || publishing.interval() == windows) {
      return this;
    }
    return new WindowDealer(next, publishing.changedTo(windows, undealtVersion()), recent, rescale);
  }

  /**
   * The dealer that goes over to another number of replicas as soon as a round can end: with the
   * first version to which no window has been dealt yet, in any replica, so less than 2·N windows
   * from here.
   */
  public WindowDealer rescaledTo(int replicas) {
    if (replicas == replicas()) {
      return this;
    }
    if (rescale != null) {
      return new WindowDealer(next, publishing, recent, new Rescale(rescale.from(), replicas));
    }
    long last = undealtVersion();
    return new WindowDealer(
        next,
        publishing.changedTo(Math.toIntExact(last), last),
        recent,
        new Rescale(next.version(last), replicas));
  }

  private long undealtVersion() {
    long dealt = next.number() - next.first();
    return (dealt + next.replicas() - 1) / next.replicas() + 1;
  }

  /** The next window. */
  public ImageWindow deal(
      List<ImageEvent> events, long collectNanos, List<PartitionLedger> ledger) {
    RemoteChanges remoteChanges =
        recent.stream().reduce(RemoteChanges.NOTHING, RemoteChanges::then);
    return new ImageWindow(next, publishing, events, remoteChanges, collectNanos, ledger);
  }

  /** The dealer after a window of these events. */
  public WindowDealer after(List<ImageEvent> events) {
    WindowId following = new WindowId(next.run(), next.number() + 1, next.replicas(), next.first());
    List<RemoteChanges> latest = new ArrayList<>(recent);
    latest.add(RemoteChanges.of(events));
    // New replicas have not been told what became of ids in the last windows of those before them.
    int first = following.inReplica() == 0 ? 0 : Math.max(0, latest.size() - (next.replicas() - 1));
    WindowDealer after =
        new WindowDealer(following, publishing, latest.subList(first, latest.size()), rescale);
    return rescale != null && following.number() == rescale.from() ? after.rescaled() : after;
  }

  private WindowDealer rescaled() {
    return new WindowDealer(
        new WindowId(next.run(), rescale.from(), rescale.replicas(), rescale.from()),
        // Until publishingEvery says otherwise.
        PublishingSchedule.every(1),
        recent);
  }
}
