package dev.quadstream.kafka;

/**
 * Records of a partition that were to be read next and are not there any more.
 *
 * @param last the last offset that is passed over, or of the earlier topic was read; −1 before any
 * @param records how many are known to be missing; 0 where nobody can tell, as of a topic that was
 *     deleted
 * @param why what has happened, as full sentences
 */
public record OffsetGap(String topic, int partition, long last, long records, String why) {

  /** The dead letter that tells of it: an empty value, since none at all would be a removal. */
  public DeadLetter toDeadLetter() {
    SourceRecord place = SourceRecord.unread(topic, partition, last);
    return new DeadLetter(place, DeadLetter.OFFSETS_GONE, why);
  }
}
