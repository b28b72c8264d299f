package dev.quadstream.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * What {@code train} came to, as its report: there, the fields of all parts lie side by side.
 *
 * @param data what it was trained on
 * @param learned where training ended
 * @param recall test before train
 * @param refusedWindows windows whose update was refused
 * @param parameters of the network
 * @param time what it took
 * @param model the file
 */
record TrainingSummary(
    @JsonUnwrapped Data data,
    @JsonUnwrapped Learned learned,
    @JsonUnwrapped Recall recall,
    long refusedWindows,
    long parameters,
    @JsonUnwrapped Time time,
    String model) {

  /**
   * What was trained on.
   *
   * @param images over all passes
   * @param skipped images that could not be read
   * @param passes over the dataset
   * @param windows processed
   */
  record Data(long images, long skipped, int passes, long windows) {}

  /**
   * Where training ended.
   *
   * @param modelVersion version of the model written
   * @param loss of the last window that was trained, or NaN
   * @param alpha1 α₁ now
   * @param alpha2 α₂ now
   * @param meanPositive smoothed μ_p, or NaN
   * @param meanNegative smoothed μ_n, or NaN
   */
  record Learned(
      long modelVersion,
      double loss,
      double alpha1,
      double alpha2,
      double meanPositive,
      double meanNegative) {}

  /**
   * Recall@1 of each window before it was trained on.
   *
   * @param overall over the whole run, or NaN where none was tested
   * @param recent over the last tenth of the windows, or NaN
   */
  record Recall(
      @JsonProperty("prequentialRecallAt1") double overall,
      @JsonProperty("recentRecallAt1") double recent) {}

  /**
   * What training took.
   *
   * @param wallSeconds in all
   * @param imagesPerSecond images over that time
   */
  record Time(double wallSeconds, double imagesPerSecond) {}
}
