/**
 * What Flink's REST interface lets pass. Flink has no authentication, and a browser on the machine
 * lends its place to every site that it shows, so requests that a foreign site can send are refused
 * before Flink acts on them.
 *
 * <p>Needs nothing of the other packages: a cluster loads it from a jar of its own in Flink's lib/.
 */
package dev.quadstream.stream.rest;
