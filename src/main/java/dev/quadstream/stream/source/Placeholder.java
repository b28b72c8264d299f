package dev.quadstream.stream.source;

import java.io.Serializable;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** What comes out of a source in place of a record that is not fetched. */
@FunctionalInterface
public interface Placeholder<T> extends Serializable {

  /** In place of the record of that offset; empty for nothing. */
  Optional<T> of(TopicPartition partition, long offset);
}
