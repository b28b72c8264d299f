package dev.quadstream.training;

import java.util.SplittableRandom;

/**
 * Randomness as a function of (seed, window, purpose): drawn afresh for each window, so that no
 * generator is state and any window can be replayed alone.
 */
public final class WindowRandom {

  /** What the numbers are for; each purpose has a sequence of its own. */
  public enum Purpose {
    MEMORY_SELECTION,
    MINING,
    MEMORY_UPDATE,
    AUGMENTATION,
    MEAN_PAIRS,
    WARM_UP,
    ORIENTATION,
    MEMORY_TAKE_OVER,
    LABEL_CORRECTION
  }

  private WindowRandom() {}

  /** The generator for one purpose in one window. */
  public static SplittableRandom of(long seed, long window, Purpose purpose) {
    long state = mix(seed);
    // Once more, as when a run had several networks and this one's was number 0.
    state = mix(state);
    state = mix(state ^ window);
    return new SplittableRandom(mix(state ^ purpose.ordinal()));
  }

  /**
   * Stafford's variant 13 of the 64-bit finalizer of MurmurHash3, after adding the golden ratio.
   */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
