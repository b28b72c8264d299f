package dev.quadstream.kafka;

/**
 * A record that cannot be used and goes to the dead letters.
 *
 * @param reason why, for machines
 * @param message why, for people, with the value that was wrong
 */
public record RejectedRecord(RejectionReason reason, String message)
    implements ParsedRecord, ParsedLabel {}
