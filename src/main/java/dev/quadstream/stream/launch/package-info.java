/**
 * How a job gets started: in this process, on a cluster, or by Flink itself as an application; and
 * which checkpoint it goes on from.
 *
 * <p>What is looked at before the first record is in {@code stream.startup}.
 */
package dev.quadstream.stream.launch;
