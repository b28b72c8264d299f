/**
 * What is looked at before the first record, so that an installation that cannot work is refused in
 * seconds and with the name of the setting: the libraries, the native threads, the memory, and the
 * directories. Part of it can be told where a job is submitted, the rest only in the process that
 * trains.
 */
package dev.quadstream.stream.startup;
