package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads records of the images topic: either the encoded image itself with its label in a header, or
 * a JSON envelope. Does not decode pixels. Thread-safe.
 *
 * <p>A header that is there more than once counts with its last value, by Kafka's convention.
 */
public final class ImageRecordParser {

  /** The largest label in bytes of UTF-8. */
  public static final int MAX_LABEL_BYTES = 256;

  /** The largest image id in bytes of UTF-8: ids are kept in memory and state for every image. */
  public static final int MAX_ID_BYTES = 1024;

  private static final String JSON = "application/json";
  private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,15}");
  private static final int SHOWN_CHARACTERS = 40;

  private final int maxRecordBytes;
  private final ImageEnvelopeReader envelopes;

  /**
   * Makes a parser.
   *
   * @param maxRecordBytes the largest record, key, value and headers together, at least 1
   */
  public ImageRecordParser(int maxRecordBytes) {
    if (maxRecordBytes < 1) {
      throw new IllegalArgumentException(
          "The largest record must be at least 1 byte, not " + maxRecordBytes + ".");
    }
    this.maxRecordBytes = maxRecordBytes;
    this.envelopes = new ImageEnvelopeReader(maxRecordBytes);
  }

  /** Reads one record; what is wrong with it is part of the result, never an exception. */
  public ParsedRecord parse(SourceRecord source) {
    try {
      return parseOrReject(source);
    } catch (RejectedRecordException e) {
      return e.toRecord();
    }
  }

  private ParsedRecord parseOrReject(SourceRecord source) throws RejectedRecordException {
    if (source.size() > maxRecordBytes) {
      throw new RejectedRecordException(
          RejectionReason.TOO_LARGE,
          "The record has %d bytes, and %d are allowed.".formatted(source.size(), maxRecordBytes));
    }
    Optional<String> key = key(source);
    if (source.value() == null) {
      return new ImageRemoved(
          key.orElseThrow(
              () ->
                  new RejectedRecordException(
                      RejectionReason.MISSING_KEY,
                      "A record without a value removes the image that its key names, and this one has no key.")));
    }
    long capturedAt = capturedAt(source);
    if (isJson(source)) {
      return received(envelopes.read(source.value()), key, source, capturedAt);
    }
    String label = headerLabel(source);
    return new ImageReceived(
        key.orElse(source.position()), label, capturedAt, notEmpty(source.value()));
  }

  private static ImageReceived received(
      ImageEnvelope envelope, Optional<String> key, SourceRecord source, long capturedAt)
      throws RejectedRecordException {
    String label =
        envelope.label().isPresent()
            ? checkedLabel(envelope.label().get(), encode(envelope.label().get()).length)
            : headerLabel(source);
    String id = envelope.id().isPresent() ? envelope.id().get() : key.orElse(source.position());
    if (id.isEmpty() || encode(id).length > MAX_ID_BYTES) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_ENVELOPE,
          "The envelope's id '%s' must have 1 to %d bytes.".formatted(shown(id), MAX_ID_BYTES));
    }
    return new ImageReceived(id, label, capturedAt, notEmpty(envelope.image()));
  }

  private static Optional<String> key(SourceRecord source) throws RejectedRecordException {
    byte[] key = source.key();
    if (key == null) {
      return Optional.empty();
    }
    if (key.length == 0 || key.length > MAX_ID_BYTES) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_KEY,
          "The key, which is the image's id, has %d bytes; 1 to %d are allowed."
              .formatted(key.length, MAX_ID_BYTES));
    }
    return Optional.of(decode(key, RejectionReason.MALFORMED_KEY, "The key"));
  }

  private static String headerLabel(SourceRecord source) throws RejectedRecordException {
    byte[] label = source.lastHeader(HeaderNames.LABEL);
    if (label == null) {
      throw new RejectedRecordException(
          RejectionReason.MISSING_LABEL,
          "The record has no '%s' header.".formatted(HeaderNames.LABEL));
    }
    if (label.length > MAX_LABEL_BYTES) {
      throw overlong(label.length);
    }
    return checkedLabel(
        decode(label, RejectionReason.MALFORMED_LABEL, "The label header"), label.length);
  }

  private static String checkedLabel(String label, int bytes) throws RejectedRecordException {
    if (bytes > MAX_LABEL_BYTES) {
      throw overlong(bytes);
    }
    if (label.isBlank()) {
      throw new RejectedRecordException(
          RejectionReason.BLANK_LABEL, "The label is empty or white space.");
    }
    return label;
  }

  private static RejectedRecordException overlong(int bytes) {
    return new RejectedRecordException(
        RejectionReason.OVERLONG_LABEL,
        "The label has %d bytes, and %d are allowed.".formatted(bytes, MAX_LABEL_BYTES));
  }

  // 15 digits reach the year 33658; a later time would carry the watermark past every other image.
  private static long capturedAt(SourceRecord source) throws RejectedRecordException {
    byte[] header = source.lastHeader(HeaderNames.CAPTURED_AT);
    if (header == null) {
      return source.timestamp();
    }
    String text = new String(header, ISO_8859_1);
    if (!MILLISECONDS.matcher(text).matches()) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_CAPTURED_AT,
          "The %s header is '%s', not milliseconds since the epoch in up to 15 decimal digits."
              .formatted(HeaderNames.CAPTURED_AT, shown(text)));
    }
    return Long.parseLong(text);
  }

  private static boolean isJson(SourceRecord source) {
    byte[] header = source.lastHeader(HeaderNames.CONTENT_TYPE);
    if (header == null) {
      return false;
    }
    String mediaType = new String(header, ISO_8859_1);
    int parameters = mediaType.indexOf(';');
    String type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
    return type.trim().toLowerCase(Locale.ROOT).equals(JSON);
  }

  private static byte[] notEmpty(byte[] image) throws RejectedRecordException {
    if (image.length == 0) {
      throw new RejectedRecordException(RejectionReason.EMPTY_IMAGE, "The image has no bytes.");
    }
    return image;
  }

  private static String decode(byte[] bytes, RejectionReason reason, String what)
      throws RejectedRecordException {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new RejectedRecordException(
          reason, "%s is not UTF-8: '%s'.".formatted(what, shown(new String(bytes, UTF_8))));
    }
  }

  private static byte[] encode(String text) throws RejectedRecordException {
    try {
      ByteBuffer bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] encoded = new byte[bytes.remaining()];
      bytes.get(encoded);
      return encoded;
    } catch (CharacterCodingException e) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_ENVELOPE,
          "The envelope holds half a character (an unpaired surrogate) in '%s'."
              .formatted(shown(text)));
    }
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
