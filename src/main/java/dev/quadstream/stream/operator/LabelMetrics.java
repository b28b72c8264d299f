package dev.quadstream.stream.operator;

import dev.quadstream.stream.format.LabelLedger;
import dev.quadstream.stream.format.LabelLedger.Place;
import dev.quadstream.stream.format.WaitingQuestion;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the join of images and labels shows to Flink's metrics. */
final class LabelMetrics {

  private final Counter deadLetters;
  private final Counter expired;
  private final Counter pushedOut;
  private volatile LabelLedger ledger = LabelLedger.EMPTY;
  private volatile long waiting;

  LabelMetrics(MetricGroup group) {
    deadLetters = group.counter("deadLetters");
    expired = group.counter("imagesUnlabelledInTime");
    pushedOut = group.counter("imagesUnlabelledPushedOut");
    group.gauge("imagesAwaitingLabel", () -> waiting);
    group.gauge("labelsRead", () -> ledger.read());
    group.gauge("labelsDeadLettered", () -> ledger.in(Place.DEAD_LETTERS));
    group.gauge("labelsWithdrawn", () -> ledger.in(Place.WITHDRAWN));
    group.gauge("labelsMet", () -> ledger.in(Place.MET));
    group.gauge("labelsCorrecting", () -> ledger.in(Place.CORRECTIONS));
    group.gauge("labelsSuperseded", () -> ledger.in(Place.SUPERSEDED));
    group.gauge("labelsExpired", () -> ledger.in(Place.EXPIRED));
    group.gauge("labelsPushedOut", () -> ledger.in(Place.PUSHED_OUT));
    group.gauge("labelsWaiting", () -> ledger.in(Place.WAITING));
    group.gauge("labelsUnaccounted", () -> ledger.unaccounted());
  }

  void deadLetter() {
    deadLetters.inc();
  }

  /** What has its label goes as a matter of course. */
  void imageExpired(WaitingQuestion image) {
    if (image.label() == null) {
      expired.inc();
    }
  }

  void imagePushedOut(WaitingQuestion image) {
    if (image.label() == null) {
      pushedOut.inc();
    }
  }

  void show(LabelLedger now, long imagesWaiting) {
    ledger = now;
    waiting = imagesWaiting;
  }
}
