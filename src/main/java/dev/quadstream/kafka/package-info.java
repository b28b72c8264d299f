/**
 * Topics, record formats, and the broker that the demo and the tests start.
 *
 * <p>Here belongs what a Kafka client needs to speak with the pipeline: topic names and their
 * settings, how bytes become images, embeddings and dead letters, small producers and readers. No
 * Flink, no pixels, no network: those read the records that this package hands out.
 */
package dev.quadstream.kafka;
