/**
 * Assembling and training as plain objects: what one window of images does to the exemplar memory
 * and to the network. The Flink job, the {@code train} command and the ablation all run this code.
 *
 * <p>Nothing here knows Flink, Kafka or files. State is handed in and out, never kept in statics.
 */
package dev.quadstream.training;
