/**
 * A Flink cluster of real processes, and what is shown on it: crashes, resubmission, metrics.
 *
 * <p>Tests that need no process of their own belong to the package that they test.
 */
package dev.quadstream.cluster;
