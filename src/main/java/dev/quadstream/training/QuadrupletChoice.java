package dev.quadstream.training;

import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletMiner;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.training.WindowRandom.Purpose;
import java.util.Arrays;
import java.util.List;

/** Which quadruplets a step trains on. */
final class QuadrupletChoice {

  private final LossForm form;
  private final MiningPolicy minedAnew;
  private final long seed;

  QuadrupletChoice(TrainingOptions options) {
    this.form = options.objective().loss().form();
    this.minedAnew = options.minedAnew();
    this.seed = options.seed();
  }

  /**
   * Random ones during the warm-up; then those that came with the batch, or those that the step's
   * own forward pass shows.
   *
   * @param network has just embedded the batch
   * @param margins those of the network before the step
   */
  List<Quadruplet> of(
      TrainingBatch batch, boolean warmingUp, QuadrupletNetwork network, Margins margins) {
    if (warmingUp) {
      return mine(MiningPolicy.RANDOM, batch, nothingMeasured(batch), margins, Purpose.WARM_UP);
    }
    return minedAnew == null
        ? batch.mined().quadruplets()
        : mine(
            minedAnew,
            batch,
            BatchDistances.ofAll(
                network.metric(), network.features(), batch.mined().images().size()),
            margins,
            Purpose.MINING);
  }

  private List<Quadruplet> mine(
      MiningPolicy policy,
      TrainingBatch batch,
      float[][] squared,
      Margins margins,
      Purpose purpose) {
    return new QuadrupletMiner(policy, form)
        .mine(
            squared,
            batch.mined().classes(),
            margins,
            batch.mined().asked(),
            WindowRandom.of(seed, batch.id().number(), purpose));
  }

  /** The random policy does not look at distances, so one row serves for all. */
  private static float[][] nothingMeasured(TrainingBatch batch) {
    float[][] rows = new float[batch.mined().images().size()][];
    Arrays.fill(rows, new float[rows.length]);
    return rows;
  }
}
