package dev.quadstream.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** A stopwatch that books the time since its last booking to a named stage. */
final class StageTimes {

  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private long last = System.nanoTime();

  void add(String stage) {
    long now = System.nanoTime();
    nanos.merge(stage, now - last, Long::sum);
    last = now;
  }

  Map<String, Long> nanos() {
    return nanos;
  }
}
