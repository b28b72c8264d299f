package dev.quadstream.training;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one window did, as the {@code reports} topic carries it: there, the fields of all parts lie
 * side by side.
 *
 * <p>Numbers that a window does not have (the loss where nothing was trained, recall where no image
 * could be tested) are null.
 *
 * @param identity which window of which run it was
 * @param images how many images it was about
 * @param mining the quadruplets
 * @param loss what was minimised
 * @param margins Eq. 4
 * @param prequential test before train
 * @param memory what the memory holds after it
 * @param health what went wrong, so far and in this window
 * @param details what one looks into to find out why
 */
public record WindowReport(
    @JsonUnwrapped Identity identity,
    @JsonUnwrapped Images images,
    @JsonUnwrapped Mining mining,
    @JsonUnwrapped Loss loss,
    @JsonUnwrapped Margins margins,
    @JsonUnwrapped Prequential prequential,
    @JsonUnwrapped Memory memory,
    @JsonUnwrapped Health health,
    @JsonUnwrapped Details details) {

  /**
   * Which window of which run.
   *
   * @param run the run that numbers the window; null in reports of programs that did not write it
   * @param replica the replica that trained on it, from 0; {@code shard} in reports of earlier
   *     programs
   * @param window number of the window in its run, from 0
   * @param version of the model after this window: the number of windows processed
   */
  public record Identity(
      String run,
      @JsonAlias("shard") int replica,
      long window,
      @JsonProperty("modelVersion") long version) {}

  /**
   * How many images.
   *
   * @param arrived images of the window
   * @param batch distinct images of the batch: the window's and those of the memory
   * @param removed images removed by tombstones
   * @param lateLabels what came of labels that came apart from their images
   */
  public record Images(
      @JsonProperty("images") int arrived,
      @JsonProperty("batchImages") int batch,
      @JsonProperty("removedImages") int removed,
      @JsonUnwrapped LateLabels lateLabels) {

    /** Where all labels came with their images. */
    public Images(int arrived, int batch, int removed) {
      this(arrived, batch, removed, LateLabels.NONE);
    }
  }

  /**
   * The quadruplets.
   *
   * @param version of the model that they were mined with
   * @param asked M
   * @param found those trained on
   * @param activeFirst those of them whose first term is active
   * @param activeSecond those of them whose second term is active
   */
  public record Mining(
      @JsonProperty("miningVersion") long version,
      @JsonProperty("quadrupletsAsked") int asked,
      @JsonProperty("quadrupletsFound") int found,
      int activeFirst,
      int activeSecond) {

    /** The share of quadruplets whose first term is active; null where there were none. */
    public Double activeShareFirst() {
      return share(activeFirst);
    }

    /** The share of quadruplets whose second term is active; null where there were none. */
    public Double activeShareSecond() {
      return share(activeSecond);
    }

    private Double share(int active) {
      return found == 0 ? null : (double) active / found;
    }
  }

  /**
   * What was minimised.
   *
   * @param total both terms and the pair softmax
   * @param first mean of the active first terms
   * @param second mean of the active second terms
   * @param pairSoftmax the weighted pair softmax loss
   * @param gradientNorm L2 norm over all parameters
   */
  public record Loss(
      @JsonProperty("loss") Double total,
      @JsonProperty("lossFirst") Double first,
      @JsonProperty("lossSecond") Double second,
      @JsonProperty("lossPairSoftmax") Double pairSoftmax,
      Double gradientNorm) {

    static final Loss NONE = new Loss(null, null, null, null, null);
  }

  /**
   * Eq. 4.
   *
   * @param alpha1 α₁ of this window
   * @param alpha2 α₂ of this window
   * @param meanPositive smoothed μ_p
   * @param meanNegative smoothed μ_n
   * @param warmingUp whether the window trained on random quadruplets with the fixed margins
   */
  public record Margins(
      Double alpha1, Double alpha2, Double meanPositive, Double meanNegative, boolean warmingUp) {}

  /**
   * What the memory holds.
   *
   * @param size images
   * @param classes their classes
   */
  public record Memory(
      @JsonProperty("memorySize") int size, @JsonProperty("memoryClasses") int classes) {}

  /**
   * What went wrong.
   *
   * @param refused windows refused so far
   * @param collapses collapses recovered from so far
   * @param reason why nothing was trained, or null
   * @param imageIds the batch's images, the first 32 KiB of their ids, where they or the numbers
   *     that they led to are why nothing was trained, so that they can be looked into; else null
   */
  public record Health(
      @JsonProperty("refusedWindows") long refused,
      long collapses,
      String reason,
      List<String> imageIds) {}

  /**
   * What one looks into to find out why.
   *
   * @param stageMillis time spent, by stage, in milliseconds
   * @param hardest the quadruplets that violated the margins most, worst first, at most three; null
   *     in reports of programs that did not write them
   * @param ledger what has become of the records of each partition that this window has images or
   *     removals of; null likewise
   */
  public record Details(
      Map<String, Double> stageMillis, List<HardQuadruplet> hardest, List<PartitionLedger> ledger) {

    public Details {
      // A null among them would fail whoever looks at them, long after the record was taken up.
      hardest = hardest == null ? null : List.copyOf(hardest);
      ledger = ledger == null ? null : List.copyOf(ledger);
    }
  }

  /** The same with the time of stages that come after training. */
  public WindowReport withStages(Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(details.stageMillis);
    all.putAll(more);
    Details timed = new Details(all, details.hardest, details.ledger);
    return new WindowReport(
        identity, images, mining, loss, margins, prequential, memory, health, timed);
  }
}
