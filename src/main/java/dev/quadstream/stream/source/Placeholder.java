package dev.quadstream.stream.source;

import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.SourceRecord;
import java.io.Serializable;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** What comes out of a source in place of records that are not fetched or not there any more. */
public interface Placeholder<T> extends Serializable {

  /** For a record as it came: an {@linkplain SourceRecord#unread empty} one, or the gap. */
  Placeholder<SourceRecord> AS_IT_CAME =
      new Placeholder<>() {
        private static final long serialVersionUID = 1L;

        @Override
        public Optional<SourceRecord> of(TopicPartition partition, long offset) {
          return Optional.of(SourceRecord.unread(partition.topic(), partition.partition(), offset));
        }

        @Override
        public Optional<SourceRecord> of(OffsetGap gap) {
          return Optional.of(SourceRecord.of(gap));
        }
      };

  /** Nothing. */
  static <T> Placeholder<T> none() {
    return new Placeholder<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public Optional<T> of(TopicPartition partition, long offset) {
        return Optional.empty();
      }

      @Override
      public Optional<T> of(OffsetGap gap) {
        return Optional.empty();
      }
    };
  }

  /** In place of the record of that offset, which is not fetched. */
  Optional<T> of(TopicPartition partition, long offset);

  /** In place of those that are gone. */
  Optional<T> of(OffsetGap gap);
}
