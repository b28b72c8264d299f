package dev.quadstream.cli;

/**
 * Says how many processors Java may use here. The start script asks, since the natives' threads
 * must be set before Java starts and only Java counts as the job will: by affinity, by the
 * container's share, and by {@code -XX:ActiveProcessorCount}.
 */
final class Processors {

  private Processors() {}

  /**
   * Prints the number.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    System.out.println(Runtime.getRuntime().availableProcessors());
  }
}
