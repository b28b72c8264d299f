package dev.quadstream.kafka;

import java.util.List;
import java.util.Locale;

/** Hides the values of secrets before settings are shown or logged. */
public final class Redaction {

  /** What stands in a secret's place. */
  public static final String REDACTED = "******";

  private static final List<String> SECRET_WORDS =
      List.of("password", "secret", "token", "jaas", "key", "credential");

  private Redaction() {}

  /**
   * Whether a setting of that name may hold a secret: judged by the words in it, rather once too
   * often ({@code ssl.keystore.location}) than once too seldom.
   */
  public static boolean isSecret(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return SECRET_WORDS.stream().anyMatch(lowerCase::contains);
  }
}
