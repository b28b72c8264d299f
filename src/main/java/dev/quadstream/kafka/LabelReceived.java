package dev.quadstream.kafka;

/**
 * A record of the labels topic that says something.
 *
 * @param id of the image
 * @param label that it shows, or null where what was said of it is withdrawn
 */
public record LabelReceived(String id, String label) implements ParsedLabel {}
