package dev.quadstream.kafka;

/**
 * An image that is not decoded yet.
 *
 * @param id the image's id, not empty
 * @param label the class, 1 to 256 bytes of UTF-8 in NFC, without blanks around it; null where the
 *     record has none and the parser takes that for a question
 * @param capturedAt milliseconds since the epoch, or −1 if neither header nor record has a time
 * @param encoded the image in whatever format it came, not empty; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Raw bytes, never compared.
public record ImageReceived(String id, String label, long capturedAt, byte[] encoded)
    implements ParsedRecord {}
