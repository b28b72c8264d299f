/**
 * What logs leave out: the configurations of logging, of {@code bin/quadstream} and of a Flink
 * cluster, name it.
 *
 * <p>Needs nothing of the other packages: a cluster loads it from a jar in Flink's lib/.
 */
package dev.quadstream.logging;
