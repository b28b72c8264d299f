package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * Reads records of the images topic: the encoded image itself with its label in a header, or JSON
 * that holds both. Which of the two it is the value tells, whatever a header says of it. Does not
 * decode pixels. Thread-safe.
 */
public final class ImageRecordParser {

  private final int maxRecordBytes;
  private final CaptureTime captureTime;
  private final Unlabelled unlabelled;
  private final RecordJson json;
  private final ImageIds ids;
  private final ImageLabels labels;

  /** What an image without a label is. */
  public enum Unlabelled {
    /** Asks what it shows: it has no label. */
    QUESTION,
    /** Is refused. */
    DEAD_LETTER
  }

  /**
   * Makes a parser.
   *
   * @param maxRecordBytes the largest {@link SourceRecord#size()}, at least 1
   * @param captureTime finds the time of an image
   * @param unlabelled what an image without a label is
   */
  public ImageRecordParser(int maxRecordBytes, CaptureTime captureTime, Unlabelled unlabelled) {
    if (maxRecordBytes < 1) {
      throw new IllegalArgumentException(
          "The largest record must be at least 1 byte, not " + maxRecordBytes + ".");
    }
    this.maxRecordBytes = maxRecordBytes;
    this.captureTime = captureTime;
    this.unlabelled = unlabelled;
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

  /** The id of the image that a record is about, also where the record is of no use. */
  public String idOf(SourceRecord source) {
    byte[] value = source.value();
    int start = value == null ? -1 : RecordJson.startOf(value);
    if (start >= 0) {
      try {
        Optional<String> id = ImageEnvelopeReader.id(json.read(value, start));
        if (id.isPresent()) {
          return ids.ofEnvelope(id.get());
        }
      } catch (RejectedRecordException e) {
        // The key may still tell.
      }
    }
    return ids.ofKeyOrPlace(source);
  }

  private ParsedRecord parseOrReject(SourceRecord source) throws RejectedRecordException {
    if (source.size() > maxRecordBytes) {
      throw new RejectedRecordException(
          RejectionReason.TOO_LARGE,
          "The record takes %d bytes with its key and %d headers, and image.max-bytes allows %d. Send a smaller file, or raise it."
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
    EncodedContent image =
        ImageText.isText(value) ? contentOf(value) : new EncodedContent.Bytes(value);
    return received(key, labelOf(source), image, source);
  }

  private ParsedRecord of(ImageEnvelope envelope, Optional<String> key, SourceRecord source)
      throws RejectedRecordException {
    Optional<String> id =
        envelope.id().isPresent() ? Optional.of(ids.ofEnvelope(envelope.id().get())) : key;
    if (envelope.image().isEmpty()) {
      return removed(id);
    }
    Optional<String> field =
        envelope.label().isPresent() ? labels.ofEnvelope(envelope.label().get()) : Optional.empty();
    String label = field.isPresent() ? field.get() : labelOf(source);
    return received(id, label, envelope.image().get(), source);
  }

  /** The header's label; null where there is none and that asks a question. */
  private String labelOf(SourceRecord source) throws RejectedRecordException {
    Optional<String> label = labels.ofHeader(source);
    if (label.isEmpty() && unlabelled == Unlabelled.DEAD_LETTER) {
      throw ImageLabels.missing(source);
    }
    return label.orElse(null);
  }

  private ParsedRecord received(
      Optional<String> id, String label, EncodedContent image, SourceRecord source)
      throws RejectedRecordException {
    String name = id.orElse(source.position());
    if (image instanceof EncodedContent.Address at) {
      return new ImageReferenced(name, label, captureTime.of(source), at.address());
    }
    byte[] bytes = ((EncodedContent.Bytes) image).bytes();
    if (bytes.length == 0) {
      throw new RejectedRecordException(
          RejectionReason.EMPTY_IMAGE,
          "The image has no bytes. Expected is the whole file of a PNG, JPEG, GIF, BMP, TIFF or WebP image.");
    }
    return new ImageReceived(name, label, captureTime.of(source), bytes);
  }

  private static ImageRemoved removed(Optional<String> id) throws RejectedRecordException {
    return new ImageRemoved(
        id.orElseThrow(
            () ->
                new RejectedRecordException(
                    RejectionReason.MISSING_KEY,
                    "A record without a value removes the image that its key names, and this one has no key. Expected is the image's id as the key, such as 'cup-17'.")));
  }

  private static EncodedContent contentOf(byte[] text) throws RejectedRecordException {
    try {
      return ImageText.read(new String(text, UTF_8));
    } catch (IllegalArgumentException e) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_ENVELOPE, "The value is text that " + e.getMessage());
    }
  }
}
