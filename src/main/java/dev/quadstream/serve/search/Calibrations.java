package dev.quadstream.serve.search;

import dev.quadstream.search.OpenSetScores;
import dev.quadstream.search.OpenSetThresholds;
import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.search.VectorIndex;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The thresholds of each release, made anew when its images or its trials have grown by a tenth:
 * with more images there are more that a new one may resemble. Until then they hold for that many,
 * in that index. One thread renews, any number asks.
 */
final class Calibrations {

  private static final double GROWTH = 1.1;

  private record Calibration(VectorIndex index, OpenSetScores scores, int images, int trials) {}

  private final Map<ReleaseKey, Calibration> calibrations = new ConcurrentHashMap<>();

  /** Renews a release's thresholds if it is time; may take a search for each trial. */
  void renew(ReleaseKey key, VectorIndex index, OpenSetTrials trials) {
    int images = index.size();
    int impostors = trials.impostors(key.release());
    Calibration last = calibrations.get(key);
    boolean due =
        last == null
            || last.index() != index
            || images >= GROWTH * Math.max(1, last.images())
            || impostors >= GROWTH * Math.max(1, last.trials());
    if (due) {
      try {
        calibrations.put(
            key,
            new Calibration(
                index, trials.scores(key.release(), index).amongMore(GROWTH), images, impostors));
      } catch (RuntimeException | Error e) {
        // What cannot be had is not waited for.
        calibrations.putIfAbsent(key, new Calibration(index, OpenSetScores.NONE, 0, 0));
        throw e;
      }
    }
  }

  /** Whether a release has trials enough for thresholds and was never calibrated. */
  boolean lacks(ReleaseKey key, OpenSetTrials trials, double rate) {
    return !calibrations.containsKey(key)
        && trials.impostors(key.release()) >= of(key, rate).needed();
  }

  /** Only these releases are asked about from now on. */
  void retain(java.util.Collection<ReleaseKey> keys) {
    calibrations.keySet().retainAll(keys);
  }

  /** The newest thresholds of a release, not calibrated where there are none. */
  OpenSetThresholds of(ReleaseKey key, double rate) {
    Calibration last = calibrations.get(key);
    return (last == null ? OpenSetScores.NONE : last.scores()).thresholds(rate);
  }
}
