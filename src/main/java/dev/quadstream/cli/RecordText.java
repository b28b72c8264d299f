package dev.quadstream.cli;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes a line of a record. */
interface RecordText {

  /** The record on one line. Never throws: what is no message of ours is shown as what it is. */
  String of(TailCommand.Output output, ConsumerRecord<byte[], byte[]> message);
}
