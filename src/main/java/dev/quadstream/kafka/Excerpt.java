package dev.quadstream.kafka;

import dev.quadstream.json.PrintableText;

/** A foreign value within a message: its beginning, and nothing that a terminal would obey. */
final class Excerpt {

  private static final int CHARACTERS = 40;
  private static final int SENTENCE_CHARACTERS = 300;

  private Excerpt() {}

  static String start(String text) {
    return start(text, CHARACTERS);
  }

  /** A library's own message, which may quote the value at length. */
  static String sentence(String text) {
    return start(text, SENTENCE_CHARACTERS);
  }

  private static String start(String text, int characters) {
    return text.length() <= characters
        ? PrintableText.of(text)
        : PrintableText.of(text.substring(0, characters)) + "…";
  }
}
