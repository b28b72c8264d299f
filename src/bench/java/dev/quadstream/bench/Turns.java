package dev.quadstream.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times contestants in turns: each runs for a moment, then the next, round after round, so that
 * whatever slows the machine down meets all of them.
 *
 * @param warmUp time that each runs before anything counts
 * @param time that all of them together are measured for
 * @param least rounds, however long they take
 */
record Turns(Duration warmUp, Duration time, int least) {

  /** A turn lasts this long, or one repetition: long against the change of process. */
  private static final double TURN_NANOS = 40e6;

  /**
   * The time of one repetition of each.
   *
   * @return for each contestant the milliseconds of one repetition, in each round
   */
  List<double[]> measure(List<Contestant> contestants) {
    int[] repetitions = new int[contestants.size()];
    for (int i = 0; i < repetitions.length; i++) {
      repetitions[i] = warmUp(contestants.get(i));
    }
    List<double[]> rounds = new ArrayList<>();
    long end = System.nanoTime() + time.toNanos();
    while (rounds.size() < least || System.nanoTime() < end) {
      double[] millis = new double[repetitions.length];
      for (int i = 0; i < repetitions.length; i++) {
        millis[i] = contestants.get(i).run(repetitions[i]).nanos() / 1e6 / repetitions[i];
      }
      rounds.add(millis);
    }
    List<double[]> byContestant = new ArrayList<>();
    for (int i = 0; i < repetitions.length; i++) {
      int contestant = i;
      byContestant.add(rounds.stream().mapToDouble(millis -> millis[contestant]).toArray());
    }
    return byContestant;
  }

  /** Returns how many repetitions make a turn. */
  private int warmUp(Contestant contestant) {
    contestant.run(1);
    long end = System.nanoTime() + warmUp.toNanos();
    double fastest = Double.POSITIVE_INFINITY;
    do {
      fastest = Math.min(fastest, contestant.run(1).nanos());
    } while (System.nanoTime() < end);
    return (int) Math.max(1, Math.ceil(TURN_NANOS / fastest));
  }

  /** The middle value. */
  static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /** The value below which a share of the values lies. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
