package dev.quadstream.serve.state;

import java.util.List;

/**
 * The first line of the page.
 *
 * @param state {@code running}, {@code waiting} or {@code degraded}
 * @param reason why it is not plainly running, or null
 * @param network the network's name
 * @param shard the shard that the figures below are of, but where they are said to be of all; null
 *     before the first
 * @param shards the numbers of all shards of the run
 * @param modelVersion version after the last window; null before the first report
 * @param miningVersion version that the last window was mined with
 * @param window the last window's number
 * @param images images of the run, in all shards
 * @param imagesPerSecond over the last windows of all shards
 * @param lag images that wait in the topic, as of the job's last committed offsets; null if unknown
 * @param checkpointAt when the last checkpoint was completed, milliseconds since the epoch, or null
 * @param flinkPage address of Flink's own page, or null
 * @param deadLetters records that could not be used
 * @param deadLetterReasons how many of each kind, most first
 * @param lastDeadLetters what was wrong with the last few, newest first
 * @param memorySize images in the exemplar memory
 * @param memoryClasses classes in it
 * @param warmingUp whether the margins are still the fixed ones
 * @param collapsed whether the embedding collapsed within the last windows
 * @param collapses collapses recovered from
 * @param refusedWindows windows refused
 * @param lastReportAt when the last report was written, milliseconds since the epoch, or null
 */
record RunStatus(
    String state,
    String reason,
    String network,
    Integer shard,
    List<Integer> shards,
    Long modelVersion,
    Long miningVersion,
    Long window,
    long images,
    double imagesPerSecond,
    Long lag,
    Long checkpointAt,
    String flinkPage,
    long deadLetters,
    List<ReasonCount> deadLetterReasons,
    List<String> lastDeadLetters,
    int memorySize,
    int memoryClasses,
    boolean warmingUp,
    boolean collapsed,
    long collapses,
    long refusedWindows,
    Long lastReportAt) {

  /** How many dead letters have one reason. */
  record ReasonCount(String reason, long count) {}
}
