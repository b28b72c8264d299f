package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.PrintableText;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads records of the images topic: the encoded image itself with its label in a header, or JSON
 * that holds both. Which of the two it is the value tells, whatever a header says of it. Does not
 * decode pixels. Thread-safe.
 */
public final class ImageRecordParser {

  /** The largest label in bytes of UTF-8. */
  public static final int MAX_LABEL_BYTES = 256;

  /** The largest image id in bytes of UTF-8: ids are kept in memory and state for every image. */
  public static final int MAX_ID_BYTES = 1024;

  private static final Pattern MILLISECONDS = Pattern.compile("\"?([0-9]{1,15})\"?");

  private final int maxRecordBytes;
  private final RecordJson json;
  private final ImageIds ids;
  private final ImageLabels labels;

  /**
   * Makes a parser.
   *
   * @param maxRecordBytes the largest {@link SourceRecord#size()}, at least 1
   */
  public ImageRecordParser(int maxRecordBytes) {
    if (maxRecordBytes < 1) {
      throw new IllegalArgumentException(
          "The largest record must be at least 1 byte, not " + maxRecordBytes + ".");
    }
    this.maxRecordBytes = maxRecordBytes;
    this.json = new RecordJson(maxRecordBytes);
    this.ids = new ImageIds(json);
    this.labels = new ImageLabels(json);
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
          "The record takes %d bytes with its key and %d headers, and image.max-bytes allows %d."
              .formatted(source.size(), source.headers().size(), maxRecordBytes));
    }
    Optional<String> key =
        source.key() == null ? Optional.empty() : Optional.of(ids.ofKey(source.key()));
    byte[] value = source.value();
    if (value == null) {
      return removed(key);
    }
    int start = RecordJson.startOf(value);
    if (start >= 0) {
      return of(ImageEnvelopeReader.read(json.read(value, start)), key, source);
    }
    ImageContent image = ImageText.isText(value) ? contentOf(value) : new ImageContent.Bytes(value);
    return received(key, labels.ofHeader(source), image, source);
  }

  private ParsedRecord of(ImageEnvelope envelope, Optional<String> key, SourceRecord source)
      throws RejectedRecordException {
    Optional<String> id =
        envelope.id().isPresent() ? Optional.of(ids.ofEnvelope(envelope.id().get())) : key;
    if (envelope.image().isEmpty()) {
      return removed(id);
    }
    String label =
        envelope.label().isPresent()
            ? labels.ofEnvelope(envelope.label().get())
            : labels.ofHeader(source);
    return received(id, label, envelope.image().get(), source);
  }

  private static ParsedRecord received(
      Optional<String> id, String label, ImageContent image, SourceRecord source)
      throws RejectedRecordException {
    String name = id.orElse(source.position());
    if (image instanceof ImageContent.Address at) {
      return new ImageReferenced(name, label, capturedAt(source), at.address());
    }
    byte[] bytes = ((ImageContent.Bytes) image).bytes();
    if (bytes.length == 0) {
      throw new RejectedRecordException(RejectionReason.EMPTY_IMAGE, "The image has no bytes.");
    }
    return new ImageReceived(name, label, capturedAt(source), bytes);
  }

  private static ImageRemoved removed(Optional<String> id) throws RejectedRecordException {
    return new ImageRemoved(
        id.orElseThrow(
            () ->
                new RejectedRecordException(
                    RejectionReason.MISSING_KEY,
                    "A record without a value removes the image that its key names, and this one has no key. Expected is the image's id as the key, such as 'cup-17'.")));
  }

  private static ImageContent contentOf(byte[] text) throws RejectedRecordException {
    try {
      return ImageText.read(new String(text, UTF_8));
    } catch (IllegalArgumentException e) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_ENVELOPE, "The value is text that " + e.getMessage());
    }
  }

  // 15 digits reach the year 33658; a later time would carry the watermark past every other image.
  private static long capturedAt(SourceRecord source) throws RejectedRecordException {
    byte[] header = source.header(HeaderNames.CAPTURED_AT);
    if (header == null) {
      return source.timestamp();
    }
    String text = new String(header, ISO_8859_1).strip();
    Matcher milliseconds = MILLISECONDS.matcher(text);
    if (!milliseconds.matches()) {
      boolean printable = text.chars().allMatch(PrintableText::isPrintable);
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_CAPTURED_AT,
          "The header '%s' is %s. Expected are milliseconds since the epoch in up to 15 decimal digits, such as 1700000000000."
              .formatted(
                  HeaderNames.CAPTURED_AT,
                  printable ? "'" + Shown.start(text) + "'" : ForeignBytes.describe(header)));
    }
    return Long.parseLong(milliseconds.group(1));
  }
}
