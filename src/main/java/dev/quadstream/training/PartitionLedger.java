package dev.quadstream.training;

import dev.quadstream.image.RecordPlace;

/**
 * What has become of the records of one partition since the run began: each is in a window, a
 * question, a dead letter, or waits in a window that is open. Immutable.
 *
 * @param partition of the topic of images
 * @param offset of the latest record that is counted
 * @param read records read up to there
 * @param images of them that are in windows
 * @param removals of them that are in windows
 * @param deadLetters of them that the decoders made dead letters
 * @param late of them that the windows made dead letters, since they came too late
 * @param waiting images and removals in windows that are open
 * @param questions of them that are images without a label; 0 in reports of programs that refused
 *     those
 */
public record PartitionLedger(
    int partition,
    long offset,
    long read,
    long images,
    long removals,
    long deadLetters,
    long late,
    long waiting,
    long questions) {

  /** The ledger of a partition before its first record. */
  public static PartitionLedger of(int partition) {
    return new PartitionLedger(partition, -1, 0, 0, 0, 0, 0, 0, 0);
  }

  /** With a record that waits in a window. */
  public PartitionLedger with(RecordPlace record) {
    return at(record, late, waiting + 1);
  }

  /** With a record that came too late for its window. */
  public PartitionLedger withLate(RecordPlace record) {
    return at(record, late + 1, waiting);
  }

  /** With so many of those that waited in a window that has closed. */
  public PartitionLedger closed(long moreImages, long moreRemovals) {
    return new PartitionLedger(
        partition,
        offset,
        read,
        images + moreImages,
        removals + moreRemovals,
        deadLetters,
        late,
        waiting - moreImages - moreRemovals,
        questions);
  }

  /** Records that are in none of the other figures: 0, or something has been lost or doubled. */
  public long unaccounted() {
    return read - images - removals - deadLetters - late - waiting - questions;
  }

  private PartitionLedger at(RecordPlace record, long nowLate, long nowWaiting) {
    return new PartitionLedger(
        partition,
        record.offset(),
        record.read(),
        images,
        removals,
        record.deadLetters(),
        nowLate,
        nowWaiting,
        record.questions());
  }
}
