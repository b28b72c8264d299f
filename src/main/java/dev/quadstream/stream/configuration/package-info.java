/**
 * Where the values of the options come from: flags, environment, a YAML file, defaults; and the
 * reference page about them.
 *
 * <p>Here belongs what turns words that people write into options. What the options are and which
 * values fit together is in {@link dev.quadstream.stream.QuadstreamOptions} and {@link
 * dev.quadstream.stream.PipelineSettings}.
 */
package dev.quadstream.stream.configuration;
