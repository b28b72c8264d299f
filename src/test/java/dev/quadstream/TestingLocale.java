package dev.quadstream;

import java.util.Locale;

/** A machine whose language has digits of its own, until it is closed. */
public final class TestingLocale implements AutoCloseable {

  private final Locale before = Locale.getDefault(Locale.Category.FORMAT);

  private TestingLocale() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("fa-IR"));
  }

  public static TestingLocale persian() {
    return new TestingLocale();
  }

  @Override
  public void close() {
    Locale.setDefault(Locale.Category.FORMAT, before);
  }
}
