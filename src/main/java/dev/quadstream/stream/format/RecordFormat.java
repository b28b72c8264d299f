package dev.quadstream.stream.format;

/**
 * One kind of record in its written form, listed in {@link RecordFormats}.
 *
 * @param <T> the record
 * @param name by which a checkpoint finds the format again: it may not go
 * @param type the record's class
 * @param version that {@code layout} writes, 1 to 127; it reads all from 1 on
 */
public record RecordFormat<T>(String name, Class<T> type, int version, RecordLayout<T> layout) {}
