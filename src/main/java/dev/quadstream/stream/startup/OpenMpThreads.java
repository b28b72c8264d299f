package dev.quadstream.stream.startup;

import java.util.Map;

/**
 * The threads of the native loops: {@code OMP_NUM_THREADS}, which the OpenMP library reads when it
 * is loaded. More of them than cores, over all trainers of a process, cost several times the run
 * time.
 */
public final class OpenMpThreads {

  private static final String VARIABLE = "OMP_NUM_THREADS";

  private OpenMpThreads() {}

  /**
   * How many threads a native loop runs on.
   *
   * @param environment of the process; without the variable OpenMP takes every core
   * @param cores of the machine or container
   * @throws StartRefusedException if the variable is no number of 1 or more
   */
  public static int of(Map<String, String> environment, int cores) {
    String value = environment.get(VARIABLE);
    if (value == null) {
      return cores;
    }
    // A list is for nested loops, of which the natives have none.
    String outermost = value.split(",", 2)[0].trim();
    if (!outermost.matches("[1-9]\\d{0,3}")) {
      throw new StartRefusedException(
          "%s='%s' is no number of threads: set it to 1 or more before Java starts, such that Flink's slots × threads is at most the %d cores."
              .formatted(VARIABLE, value, cores));
    }
    return Integer.parseInt(outermost);
  }

  /**
   * Returns if the trainers of this process leave each thread a core.
   *
   * @param trainers that may run at once, 1 or more
   * @param trainersFrom the setting that they come from, for the message
   * @throws StartRefusedException naming the variable, its value and what it may be
   */
  public static void requireWithin(
      Map<String, String> environment, int trainers, String trainersFrom, int cores) {
    int threads = of(environment, cores);
    // One thread each is the least there is, whatever the cores.
    if (threads == 1 || (long) threads * trainers <= cores) {
      return;
    }
    throw new StartRefusedException(
        "%s = %s: %d × %s native threads would compete for %d cores and run several times slower. Set it to %d in the environment that the process starts from, or give it cores."
            .formatted(
                VARIABLE,
                environment.containsKey(VARIABLE)
                    ? Integer.toString(threads)
                    : "(not set, so every core, " + threads + ")",
                threads,
                trainersFrom,
                cores,
                Math.max(1, cores / trainers)));
  }
}
