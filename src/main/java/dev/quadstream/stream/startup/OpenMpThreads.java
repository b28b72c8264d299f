package dev.quadstream.stream.startup;

import java.util.Map;

/**
 * The threads of the native loops: {@code OMP_NUM_THREADS}, which the OpenMP library and ND4J read
 * when they are loaded. More of them than cores, over all trainers of a process, cost several times
 * the run time. What a person set is held to that; what nobody set is made to fit.
 */
public final class OpenMpThreads {

  private static final String VARIABLE = "OMP_NUM_THREADS";

  /** Set by the start script where the variable is its own and not the user's. */
  private static final String OF_START_SCRIPT = "quadstream.threads.of-start-script";

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
          "%s='%s' is no number of threads from 1 to 999: correct it before Java starts, or unset it for as many as fit."
              .formatted(VARIABLE, value));
    }
  }

  /**
   * How many threads each trainer of this process gets.
   *
   * @param environment of the process
   * @param trainers that may run at once, 1 or more
   * @param trainersFrom the setting that they come from, for the message
   * @param cores that this process may use
   * @return 1 or more; as many as fit where nobody set the variable
   * @throws StartRefusedException naming the variable, its value and what it may be, if a person
   *     set it to no number of threads or to more than there are cores
   */
  public static int each(
      Map<String, String> environment, int trainers, String trainersFrom, int cores) {
    requireValid(environment);
    int fitting = Math.max(1, cores / trainers);
    if (environment.getOrDefault(VARIABLE, "").isEmpty() || Boolean.getBoolean(OF_START_SCRIPT)) {
      return fitting;
    }
    int threads = Integer.parseInt(environment.get(VARIABLE));
    // One thread each is the least there is, whatever the cores.
    if (threads == 1 || (long) threads * trainers <= cores) {
      return threads;
    }
    throw new StartRefusedException(
        "%s = %d: %d × %s native threads would compete for %d cores and run several times slower. Set it to %d in the environment that the process starts from, or give it cores."
            .formatted(VARIABLE, threads, threads, trainersFrom, cores, fitting));
  }
}
