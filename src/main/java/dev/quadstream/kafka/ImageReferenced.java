package dev.quadstream.kafka;

/**
 * An image whose record says where it is instead of holding it.
 *
 * @param id the image's id, not empty
 * @param label the class, 1 to 256 bytes of UTF-8 in NFC, without blanks around it; null where the
 *     record has none and the parser takes that for a question
 * @param capturedAt milliseconds since the epoch, or −1 if neither header nor record has a time
 * @param address of a file, such as {@code s3://photos/cup.png}; anyone may have written it
 */
public record ImageReferenced(String id, String label, long capturedAt, String address)
    implements ParsedRecord {

  /** The same with the image that was read from the address. */
  public ImageReceived with(byte[] encoded) {
    return new ImageReceived(id, label, capturedAt, encoded);
  }
}
