package dev.quadstream.stream.operator;

import org.apache.kafka.common.header.Header;

/** Stands for whatever nobody foresaw: whoever reads it fails. */
final class TestingBrokenHeader implements Header {

  static final String WHY = "Nobody foresaw this.";

  @Override
  public String key() {
    return "label";
  }

  @Override
  public byte[] value() {
    throw new IllegalStateException(WHY);
  }
}
