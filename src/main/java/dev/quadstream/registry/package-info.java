/**
 * Model files with their manifests, in a directory on any Flink file system.
 *
 * <p>Here belongs how a model is put down once, found and taken up again unharmed. What is inside a
 * model file is the {@code network} package's business, when one is published the job's.
 */
package dev.quadstream.registry;
