package dev.quadstream.stream.startup;

import java.util.Map;

/**
 * {@code OMP_NUM_THREADS}, which the OpenMP library and ND4J read when they are loaded. Nothing is
 * computed in its threads, but some of its values end the process.
 */
public final class OpenMpThreads {

  private static final String VARIABLE = "OMP_NUM_THREADS";

  private OpenMpThreads() {}

  /**
   * Returns if the natives can be loaded with what the variable says. Above a thousand threads they
   * end the process, and ND4J reads one plain number alone.
   *
   * @param environment of the process
   * @throws StartRefusedException if the variable is no number from 1 to 999
   */
  public static void requireValid(Map<String, String> environment) {
    String value = environment.get(VARIABLE);
    if (value != null && !value.isEmpty() && !value.matches("[1-9]\\d{0,2}")) {
      throw new StartRefusedException(
          "%s='%s' is no number of threads from 1 to 999, and the native libraries end the process at others: unset it before Java starts."
              .formatted(VARIABLE, value));
    }
  }
}
