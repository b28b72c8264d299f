package dev.quadstream.stream.operator;

import dev.quadstream.stream.format.LabelLedger;
import dev.quadstream.stream.format.LabelledQuestion;
import java.util.function.ToLongFunction;
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
    show(group, "labelsRead", LabelLedger::read);
    show(group, "labelsDeadLettered", LabelLedger::deadLetters);
    show(group, "labelsWithdrawn", LabelLedger::withdrawn);
    show(group, "labelsMet", LabelLedger::met);
    show(group, "labelsCorrecting", LabelLedger::corrections);
    show(group, "labelsSuperseded", LabelLedger::superseded);
    show(group, "labelsExpired", LabelLedger::expired);
    show(group, "labelsPushedOut", LabelLedger::pushedOut);
    show(group, "labelsWaiting", LabelLedger::waiting);
    show(group, "labelsUnaccounted", LabelLedger::unaccounted);
  }

  private void show(MetricGroup group, String name, ToLongFunction<LabelLedger> figure) {
    group.gauge(name, () -> figure.applyAsLong(ledger));
  }

  void deadLetter() {
    deadLetters.inc();
  }

  /** What has its label goes as a matter of course. */
  void imageExpired(LabelledQuestion image) {
    if (image.label() == null) {
      expired.inc();
    }
  }

  void imagePushedOut(LabelledQuestion image) {
    if (image.label() == null) {
      pushedOut.inc();
    }
  }

  void show(LabelLedger now, long imagesWaiting) {
    ledger = now;
    waiting = imagesWaiting;
  }
}
