package dev.quadstream.cli;

/** The token that clients of something that is served must bring. */
final class AccessToken {

  private AccessToken() {}

  /**
   * The option's token, else the environment's; one that is set to nothing counts as not set.
   *
   * @param option null where it is not given
   * @return null where neither is
   */
  static String of(String option, String variable) {
    if (option != null) {
      return option;
    }
    String value = System.getenv(variable);
    return value == null || value.isEmpty() ? null : value;
  }
}
