package dev.quadstream.stream.options;

/**
 * A value as someone wrote it.
 *
 * @param text the value
 * @param origin where it was written, for people: {@code --set}, {@code environment variable
 *     QUADSTREAM_SEED}, {@code conf.yaml:3}
 */
record SourcedValue(String text, String origin) {}
