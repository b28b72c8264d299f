package dev.quadstream.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** A stopwatch that books the time since its last booking to a named stage. */
final class StageTimes {

  private final Map<String, Long> nanos;
  private long last = System.nanoTime();

  StageTimes() {
    this(Map.of());
  }

  /** A stopwatch after stages that were timed elsewhere. */
  StageTimes(Map<String, Long> before) {
    this.nanos = new LinkedHashMap<>(before);
  }

  void add(String stage) {
    long now = System.nanoTime();
    nanos.merge(stage, now - last, Long::sum);
    last = now;
  }

  Map<String, Long> nanos() {
    return nanos;
  }
}
