package dev.quadstream.cli.demo;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.quadstream.evaluation.HeldOutExample;

/**
 * What a demo run came to, as {@code --report} writes it: there, the fields of training, health and
 * files lie side by side.
 *
 * @param training what was trained
 * @param heldOut recall@1 on concepts that were never streamed
 * @param prequentialRecallAt1 test-before-train recall over the last tenth of the run
 * @param questions how the images without a label were answered; null where there were none
 * @param health what went wrong, and how long it took
 * @param files what it leaves
 */
public record DemoSummary(
    @JsonUnwrapped Training training,
    HeldOut heldOut,
    double prequentialRecallAt1,
    Questions questions,
    @JsonUnwrapped Health health,
    @JsonUnwrapped Files files) {

  /**
   * What was trained.
   *
   * @param images images trained on
   * @param windows windows trained on
   * @param modelVersion version of the last model
   * @param imagesPerSecond images over the time from the first image sent to the last one trained
   *     on
   */
  public record Training(long images, long windows, long modelVersion, double imagesPerSecond) {}

  /**
   * What went wrong, and how long it took.
   *
   * @param deadLetters records that could not be used
   * @param restarts restarts of the job
   * @param secondsToFirstReport from the start of the demo to its first report
   * @param wallSeconds from the start of the demo to its summary
   */
  public record Health(
      long deadLetters, long restarts, double secondsToFirstReport, double wallSeconds) {}

  /**
   * What it leaves.
   *
   * @param model file of the last model
   * @param reports file with the report of every window, one JSON a line
   * @param logs directory of the logs
   */
  public record Files(String model, String reports, String logs) {}

  /**
   * Recall@1 by the nearest embedding among the drawings of all held-out concepts.
   *
   * @param concepts held-out concepts
   * @param drawings their drawings
   * @param rawPixels by pixels instead of embeddings
   * @param untrained by the network before its first window
   * @param trained by the network now
   * @param hit one that the network found now, or null
   * @param miss one that it did not, or null
   */
  public record HeldOut(
      int concepts,
      int drawings,
      double rawPixels,
      double untrained,
      double trained,
      HeldOutExample hit,
      HeldOutExample miss) {}

  /**
   * How the images that were streamed without a label were answered.
   *
   * @param asked how many they are
   * @param right answered as known, with what they show
   * @param wrong answered as known, with another class
   * @param asNew answered as new, and of a class of which no label had been sent
   * @param asNewThoughKnown answered as new, though labels of their class had been sent before
   * @param unsure answered as unsure
   * @param unanswered without an answer when the demo ended
   * @param nearestRight the share of the answered whose nearest labelled image shows the same, 0 to
   *     1
   */
  public record Questions(
      long asked,
      long right,
      long wrong,
      long asNew,
      long asNewThoughKnown,
      long unsure,
      long unanswered,
      double nearestRight) {}
}
