package dev.quadstream.stream.operator;

import dev.quadstream.training.AssembledWindow;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the assembler shows to Flink's metrics. */
final class AssembleMetrics {

  private static final double NANOS_PER_MILLI = 1e6;

  private final Counter windows;
  private final Counter manifestsRefused;
  private final Counter windowsGivenUp;
  private final Counter embeddings;
  private final Counter releasesMissing;
  private volatile double embedMillis;
  private volatile int waitingWindows;
  private volatile long stalenessWindows;
  private volatile int memoryImages;
  private volatile int memoryClasses;

  AssembleMetrics(MetricGroup group) {
    windows = group.counter("windows");
    manifestsRefused = group.counter("manifestsRefused");
    windowsGivenUp = group.counter("windowsGivenUp");
    embeddings = group.counter("embeddings");
    releasesMissing = group.counter("releasesMissing");
    group.gauge("embedReleasedMillis", () -> embedMillis);
    group.gauge("waitingWindows", () -> waitingWindows);
    group.gauge("stalenessWindows", () -> stalenessWindows);
    group.gauge("memoryImages", () -> memoryImages);
    group.gauge("memoryClasses", () -> memoryClasses);
  }

  void unassembled() {
    windowsGivenUp.inc();
  }

  void manifestRefused() {
    manifestsRefused.inc();
  }

  void releaseMissing() {
    releasesMissing.inc();
  }

  void embedded(AssembledWindow window) {
    embeddings.inc(window.embeddings().size());
    embedMillis = window.batch().stageNanos().getOrDefault("embedReleased", 0L) / NANOS_PER_MILLI;
  }

  void waiting(int windowsWaiting) {
    waitingWindows = windowsWaiting;
  }

  void assembled(ImageWindow window, long miningVersion, ExemplarMemory memory) {
    windows.inc();
    stalenessWindows = window.id().number() - miningVersion;
    memoryImages = memory.size();
    memoryClasses = memory.classes();
  }
}
