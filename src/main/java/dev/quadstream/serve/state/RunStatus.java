package dev.quadstream.serve.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.quadstream.training.WindowReport;
import java.util.List;

/**
 * The first line of the page, which gets the fields of all parts side by side.
 *
 * @param state {@code running}, {@code waiting} or {@code degraded}
 * @param reason why it is not plainly running, or null
 * @param network the network's name
 * @param position how far a replica is
 * @param progress how far all replicas are together
 * @param job what Flink says
 * @param deadLetters what could not be used
 * @param ledger what has become of the records; null before the first report
 * @param memory the replica's
 * @param health the replica's
 */
public record RunStatus(
    String state,
    String reason,
    String network,
    @JsonUnwrapped Position position,
    @JsonUnwrapped Progress progress,
    @JsonUnwrapped Job job,
    @JsonUnwrapped DeadLetterCounts deadLetters,
    Ledger ledger,
    @JsonUnwrapped WindowReport.Memory memory,
    @JsonUnwrapped Health health) {

  /**
   * How far the replica is that is looked at; its figures are null before the first report.
   *
   * @param replica its number; null before the first
   * @param replicas the numbers of all replicas of the run
   * @param modelVersion version after the last window
   * @param miningVersion version that the last window was mined with
   * @param window the last window's number
   * @param lastReportAt when the last report was written, milliseconds since the epoch
   */
  public record Position(
      Integer replica,
      List<Integer> replicas,
      Long modelVersion,
      Long miningVersion,
      Long window,
      Long lastReportAt) {}

  /**
   * How far all replicas are.
   *
   * @param images of the run
   * @param imagesPerSecond over the last windows
   * @param lag images that wait in the topic, as of the job's last committed offsets; null if
   *     unknown
   */
  public record Progress(long images, double imagesPerSecond, Long lag) {}

  /**
   * What Flink says.
   *
   * @param checkpointAt when the last checkpoint was completed, milliseconds since the epoch, or
   *     null
   * @param flinkPage address of Flink's own page, or null
   */
  public record Job(Long checkpointAt, String flinkPage) {}

  /**
   * What could not be used.
   *
   * @param total records
   * @param byReason how many of each kind, most first
   * @param lastMessages what was wrong with the last few, newest first
   */
  public record DeadLetterCounts(
      @JsonProperty("deadLetters") long total,
      @JsonProperty("deadLetterReasons") List<ReasonCount> byReason,
      @JsonProperty("lastDeadLetters") List<String> lastMessages) {}

  /**
   * What has become of the records of all partitions, as of their newest reports.
   *
   * @param read records of the run
   * @param images in windows that were reported
   * @param removals in windows that were reported
   * @param questions images without a label
   * @param deadLetters records that became dead letters, late images included
   * @param waiting in windows that were open
   * @param unaccounted in none of these, or in more than one: 0, or something was lost or doubled
   */
  public record Ledger(
      long read,
      long images,
      long removals,
      long questions,
      long deadLetters,
      long waiting,
      long unaccounted) {}

  /** How many dead letters have one reason. */
  public record ReasonCount(String reason, long count) {}

  /**
   * How well the replica is.
   *
   * @param warmingUp whether the margins are still the fixed ones
   * @param collapsed whether the embedding collapsed within the last windows
   * @param collapses collapses recovered from
   * @param refusedWindows windows refused
   */
  public record Health(boolean warmingUp, boolean collapsed, long collapses, long refusedWindows) {

    static final Health UNKNOWN = new Health(false, false, 0, 0);
  }
}
