/**
 * The Flink job: its topology in {@link dev.quadstream.stream.QuadstreamJob}, and the connectors
 * between its ends and Kafka.
 *
 * <p>Operators, record formats, options and the ways to start the job are packages of their own
 * below this one.
 */
package dev.quadstream.stream;
