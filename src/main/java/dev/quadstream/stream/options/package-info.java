/**
 * Every option, the checked settings that the operators read, and where the values come from:
 * flags, environment, a YAML file, defaults; and the reference page about them.
 *
 * <p>Here belongs what turns words that people write into options. What an option configures is a
 * plain record beside what it configures.
 */
package dev.quadstream.stream.options;
