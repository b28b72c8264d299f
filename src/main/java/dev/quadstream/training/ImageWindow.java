package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import java.util.List;

/**
 * The content of one closed window on its way to the replica that trains on it.
 *
 * @param id its run and number; null in a checkpoint of a program that numbered windows later
 * @param publishing which versions of the run are published; null likewise
 * @param events what happened to images, in order
 * @param remoteChanges what became of ids in other replicas' windows meanwhile
 * @param collectNanos time that it took to collect the events when the window closed
 * @param ledger of the partitions that its events come from, this window included
 */
public record ImageWindow(
    WindowId id,
    PublishingSchedule publishing,
    List<ImageEvent> events,
    RemoteChanges remoteChanges,
    long collectNanos,
    List<PartitionLedger> ledger) {

  /**
   * Corrections of labels that a window holds at the most. Far more than images: they are small,
   * and many of them, as when a run begins with a topic of old ones, must not make windows of their
   * own.
   */
  public static final int MAX_CORRECTIONS = 10_000;

  /**
   * Ids that came again without a label, or for the first time, that a window holds at the most.
   * They take no part in when it closes: nobody knows here which of them a memory holds.
   */
  public static final int MAX_REPLACEMENTS = 10_000;

  /**
   * The version that it is mined with: fixed by its number, and never "the newest at hand", so that
   * a run is a function of its input.
   *
   * @param staleness L of {@link PublishingSchedule#versionFor}
   */
  public long miningVersion(int staleness) {
    return id.version(publishing.versionFor(id.inReplica(), staleness));
  }

  /** Whether a version ends with it. */
  public boolean publishes() {
    return publishing.publishes(id.inReplica() + 1);
  }

  /** The time that its images took to decode. */
  public long decodeNanos() {
    return events.stream().mapToLong(ImageEvent::decodeNanos).sum();
  }
}
