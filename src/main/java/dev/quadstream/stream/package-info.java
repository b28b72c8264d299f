/**
 * The Flink job: its topology in {@link dev.quadstream.stream.QuadstreamJob}, its operators, and
 * its options.
 *
 * <p>Operators only carry state and records; what a window does to memory and network is in {@code
 * training}. Record formats of Kafka topics are in {@code kafka}.
 */
package dev.quadstream.stream;
