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
 * @param publishing which versions of the run are published
 * @param recent what became of ids in the latest N − 1 windows, oldest first
 */
public record WindowDealer(WindowId next, PublishingSchedule publishing, List<Elsewhere> recent) {

  public WindowDealer {
    recent = List.copyOf(recent);
  }

  /** The dealer of a new run. */
  public static WindowDealer ofNewRun(int replicas, int publishEvery) {
    return new WindowDealer(
        new WindowId(UUID.randomUUID().toString(), 0, replicas),
        PublishingSchedule.ofReplicas(replicas, publishEvery),
        List.of());
  }

  /**
   * The dealer with another interval between published versions, from the first version on to which
   * no window has been dealt yet, in any replica.
   */
  public WindowDealer publishingEvery(int windows) {
    if (publishing.interval() == windows) {
      return this;
    }
    long dealtToAny = (next.number() + next.replicas() - 1) / next.replicas();
    return new WindowDealer(next, publishing.changedTo(windows, dealtToAny + 1), recent);
  }

  /** The next window. */
  public ImageWindow deal(
      List<ImageEvent> events, long collectNanos, List<PartitionLedger> ledger) {
    Elsewhere elsewhere = recent.stream().reduce(Elsewhere.NOTHING, Elsewhere::then);
    return new ImageWindow(next, publishing, events, elsewhere, collectNanos, ledger);
  }

  /** The dealer after a window of these events. */
  public WindowDealer after(List<ImageEvent> events) {
    List<Elsewhere> latest = new ArrayList<>(recent);
    latest.add(Elsewhere.of(events));
    int first = Math.max(0, latest.size() - (next.replicas() - 1));
    return new WindowDealer(
        new WindowId(next.run(), next.number() + 1, next.replicas()),
        publishing,
        latest.subList(first, latest.size()));
  }
}
