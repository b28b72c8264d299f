package dev.quadstream.kafka;

/** The names of the headers on the pipeline's records. */
public final class HeaderNames {

  /** On images: the class, UTF-8. */
  public static final String LABEL = "label";

  /** On images: the value's media type, for other readers; the pipeline looks at the value. */
  public static final String CONTENT_TYPE = "content-type";

  /** On images: when the image was taken, milliseconds since the epoch in decimal. */
  public static final String CAPTURED_AT = "captured-at";

  /** On embeddings: the version of the model that made it, in decimal. */
  public static final String MODEL_VERSION = "model-version";

  /** On dead letters: where the record came from. */
  public static final String SOURCE_TOPIC = "source-topic";

  /** On dead letters, in decimal. */
  public static final String SOURCE_PARTITION = "source-partition";

  /** On dead letters, in decimal. */
  public static final String SOURCE_OFFSET = "source-offset";

  /** On dead letters: the record's own timestamp, milliseconds since the epoch in decimal. */
  public static final String SOURCE_TIMESTAMP = "source-timestamp";

  /** On dead letters: the code of the reason, which stays the same over releases. */
  public static final String ERROR_CLASS = "error-class";

  /** On dead letters: the reason for people. */
  public static final String ERROR_MESSAGE = "error-message";

  /** On dead letters that were shortened: the bytes of the value that came, in decimal. */
  public static final String FULL_VALUE_SIZE = "full-value-size";

  /** On dead letters that were shortened: the sha256 of the value that came, hexadecimal. */
  public static final String FULL_VALUE_SHA256 = "full-value-sha256";

  /** On dead letters that were shortened: the bytes of the key that came, in decimal. */
  public static final String FULL_KEY_SIZE = "full-key-size";

  /** On dead letters that were shortened: the sha256 of the key that came, hexadecimal. */
  public static final String FULL_KEY_SHA256 = "full-key-sha256";

  /** On dead letters that were shortened: how many headers came, in decimal. */
  public static final String FULL_HEADERS = "full-headers";

  /**
   * On dead letters of images that had been decoded, whose value is left empty: where the record
   * itself lies, as {@link SourceRecord#position()}.
   */
  public static final String FULL_RECORD = "full-record";

  private HeaderNames() {}
}
