package dev.quadstream.kafka;

/**
 * Reads records of the labels topic: the key is an image's id and the value its label, each written
 * as on the images topic; no value withdraws what was said. Thread-safe.
 */
public final class LabelRecordParser {

  /**
   * Room for id, label and what clients add of headers: what is larger was meant for another topic.
   */
  private static final int MAX_RECORD_BYTES = 64 << 10;

  private final ImageIds ids;
  private final ImageLabels labels;

  public LabelRecordParser() {
    RecordJson json = new RecordJson(MAX_RECORD_BYTES);
    this.ids = new ImageIds(json);
    this.labels = new ImageLabels(json);
  }

  /** Reads one record; what is wrong with it is part of the result, never an exception. */
  public ParsedLabel parse(SourceRecord source) {
    try {
      return parseOrReject(source);
    } catch (RejectedRecordException e) {
      return e.toRecord();
    }
  }

  /** The id of the image that a record is about, also where the record is of no use. */
  public String idOf(SourceRecord source) {
    return ids.ofKeyOrPlace(source);
  }

  /**
   * What a person says, as a record would be read.
   *
   * @param label null to withdraw what was said
   * @throws IllegalArgumentException saying what is wrong with the id or the label
   */
  public LabelReceived checked(String id, String label) {
    try {
      return new LabelReceived(
          ids.ofEnvelope(id == null ? "" : id),
          label == null ? null : labels.ofEnvelope(label).orElse(null));
    } catch (RejectedRecordException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private LabelReceived parseOrReject(SourceRecord source) throws RejectedRecordException {
    if (source.size() > MAX_RECORD_BYTES) {
      throw new RejectedRecordException(
          RejectionReason.TOO_LARGE,
          "The record takes %d bytes with its key and %d headers, and a label may take %d. Pictures belong on the topic of images."
              .formatted(source.size(), source.headers().size(), MAX_RECORD_BYTES));
    }
    if (source.key() == null) {
      throw new RejectedRecordException(
          RejectionReason.MISSING_KEY,
          "A label is that of the image that its key names, and this record has no key. Expected is the image's id as the key, such as 'cup-17'.");
    }
    return new LabelReceived(
        ids.ofKey(source.key()),
        source.value() == null ? null : labels.ofValue(source.value()).orElse(null));
  }
}
