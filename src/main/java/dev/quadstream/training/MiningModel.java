package dev.quadstream.training;

import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;

/**
 * A published model as mining uses it. Not thread-safe, as its network is not.
 *
 * @param version windows that the trainer had processed
 * @param network used for inference only
 * @param margins α₁ and α₂ at that version
 */
public record MiningModel(long version, QuadrupletNetwork network, Margins margins) {

  /**
   * The version that a window is mined with: {@code P · ⌊max(0, w − L) / P⌋}.
   *
   * <p>Fixed by the window's number and never "the newest at hand", so that a run is a function of
   * its input.
   *
   * @param window w, from 0
   * @param publishEvery P, windows between two published models
   * @param staleness L, windows that mining may lag behind at least
   */
  public static long versionFor(long window, int publishEvery, int staleness) {
    return publishEvery * (Math.max(0, window - staleness) / publishEvery);
  }
}
