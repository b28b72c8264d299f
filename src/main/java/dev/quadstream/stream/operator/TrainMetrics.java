package dev.quadstream.stream.operator;

import dev.quadstream.network.environment.NativeLibraries;
import dev.quadstream.training.WindowReport;
import java.util.function.Function;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the trainer shows to Flink's metrics; gauges are of the last window. */
final class TrainMetrics {

  private final Counter windows;
  private final Counter images;
  private final Counter quadrupletsAsked;
  private final Counter quadrupletsFound;
  private volatile WindowReport last;

  TrainMetrics(MetricGroup group) {
    windows = group.counter("windows");
    images = group.counter("images");
    quadrupletsAsked = group.counter("quadrupletsAsked");
    quadrupletsFound = group.counter("quadrupletsFound");
    group.gauge("modelVersion", () -> last == null ? 0L : last.identity().version());
    group.gauge("refusedWindows", () -> last == null ? 0L : last.health().refused());
    group.gauge("collapses", () -> last == null ? 0L : last.health().collapses());
    group.gauge("nativeArrayBytes", NativeLibraries::arrayBytes);
    group.gauge("nativeArrayLimitBytes", NativeLibraries::arrayLimitBytes);
    group.gauge("processBytes", NativeLibraries::processBytes);
    group.gauge("processLimitBytes", NativeLibraries::processLimitBytes);
    gauge(group, "loss", report -> report.loss().total());
    gauge(group, "lossFirst", report -> report.loss().first());
    gauge(group, "lossSecond", report -> report.loss().second());
    gauge(group, "alpha1", report -> report.margins().alpha1());
    gauge(group, "alpha2", report -> report.margins().alpha2());
    gauge(group, "meanPositive", report -> report.margins().meanPositive());
    gauge(group, "meanNegative", report -> report.margins().meanNegative());
    gauge(group, "gradientNorm", report -> report.loss().gradientNorm());
    gauge(group, "prequentialRecallAt1", report -> report.prequential().recallAt1());
    gauge(group, "activeShareFirst", report -> report.mining().activeShareFirst());
    gauge(group, "activeShareSecond", report -> report.mining().activeShareSecond());
  }

  void trained(WindowReport report) {
    windows.inc();
    images.inc(report.images().arrived());
    quadrupletsAsked.inc(report.mining().asked());
    quadrupletsFound.inc(report.mining().found());
    last = report;
  }

  private void gauge(MetricGroup group, String name, Function<WindowReport, Double> figure) {
    group.gauge(name, () -> last == null ? null : figure.apply(last));
  }
}
