/**
 * The live page: a Kafka consumer outside the job that keeps a bounded picture of the run, and the
 * small web server that shows it.
 *
 * <p>The job never waits for anything in here and nothing in here writes to a topic. What a command
 * prints, and how options are read, does not belong here.
 */
package dev.quadstream.dashboard;
