package dev.quadstream.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one window did, as the {@code reports} topic carries it.
 *
 * <p>Numbers that a window does not have (the loss where nothing was trained, recall where no image
 * could be tested) are null.
 *
 * @param shard the shard
 * @param window number of the window in its shard, from 0
 * @param modelVersion version after this window: the number of windows processed
 * @param miningVersion version that the quadruplets were mined with
 * @param images images of the window
 * @param batchImages distinct images trained on: the window's and those of the memory
 * @param removedImages images removed by tombstones
 * @param quadrupletsAsked M
 * @param quadrupletsFound quadruplets trained on
 * @param activeFirst quadruplets whose first term is active
 * @param activeSecond quadruplets whose second term is active
 * @param loss the whole loss: both terms and the pair softmax
 * @param lossFirst mean of the active first terms
 * @param lossSecond mean of the active second terms
 * @param lossPairSoftmax the weighted pair softmax loss
 * @param alpha1 α₁ of this window
 * @param alpha2 α₂ of this window
 * @param meanPositive smoothed μ_p
 * @param meanNegative smoothed μ_n
 * @param gradientNorm L2 norm over all parameters
 * @param tested images looked up in the memory before training
 * @param correct those of them whose nearest exemplar had their class
 * @param newClasses classes that the memory had no image of
 * @param prequentialRecallAt1 correct / tested
 * @param memorySize images in the memory
 * @param memoryClasses classes in the memory
 * @param refusedWindows windows refused so far
 * @param collapses collapses recovered from so far
 * @param warmingUp whether the window trained on random quadruplets with the fixed margins
 * @param reason why nothing was trained, or null
 * @param imageIds the batch's images where they or the numbers that they led to are why nothing was
 *     trained, so that they can be looked into; else null
 * @param stageMillis time spent, by stage, in milliseconds
 * @param hardest the quadruplets that violated the margins most, worst first, at most three; null
 *     in reports of programs that did not write them
 */
public record WindowReport(
    int shard,
    long window,
    long modelVersion,
    long miningVersion,
    int images,
    int batchImages,
    int removedImages,
    int quadrupletsAsked,
    int quadrupletsFound,
    int activeFirst,
    int activeSecond,
    Double loss,
    Double lossFirst,
    Double lossSecond,
    Double lossPairSoftmax,
    Double alpha1,
    Double alpha2,
    Double meanPositive,
    Double meanNegative,
    Double gradientNorm,
    int tested,
    int correct,
    int newClasses,
    Double prequentialRecallAt1,
    int memorySize,
    int memoryClasses,
    long refusedWindows,
    long collapses,
    boolean warmingUp,
    String reason,
    List<String> imageIds,
    Map<String, Double> stageMillis,
    List<HardQuadruplet> hardest) {

  /** The same with the time of stages that come after training. */
  public WindowReport withStages(Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(stageMillis);
    all.putAll(more);
    return new WindowReport(
        shard,
        window,
        modelVersion,
        miningVersion,
        images,
        batchImages,
        removedImages,
        quadrupletsAsked,
        quadrupletsFound,
        activeFirst,
        activeSecond,
        loss,
        lossFirst,
        lossSecond,
        lossPairSoftmax,
        alpha1,
        alpha2,
        meanPositive,
        meanNegative,
        gradientNorm,
        tested,
        correct,
        newClasses,
        prequentialRecallAt1,
        memorySize,
        memoryClasses,
        refusedWindows,
        collapses,
        warmingUp,
        reason,
        imageIds,
        all,
        hardest);
  }
}
