package dev.quadstream.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletLoss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers the report of one window while it is trained. */
final class ReportBuilder {

  private static final double NANOS_PER_MILLI = 1e6;
  private static final int HARDEST_QUADRUPLETS = 3;

  /**
   * Senders choose ids: with those of a large batch, a report would be more than its topic takes.
   */
  private static final int BYTES_OF_IDS = 32 << 10;

  private final TrainingBatch batch;
  private final boolean warmingUp;
  private int quadruplets;
  private Margins margins;
  private TrainingStep.Result loss;
  private Double gradientNorm;
  private List<String> imageIds;
  private List<HardQuadruplet> hardest = List.of();

  ReportBuilder(TrainingBatch batch, boolean warmingUp) {
    this.batch = batch;
    this.warmingUp = warmingUp;
  }

  void trained(
      List<Quadruplet> quadruplets,
      Margins margins,
      TrainingStep.Result loss,
      double gradientNorm) {
    this.quadruplets = quadruplets.size();
    this.hardest =
        HardestQuadruplets.of(
            batch.mined().images(), quadruplets, loss.distances(), margins, HARDEST_QUADRUPLETS);
    this.margins = margins;
    this.loss = loss;
    this.gradientNorm = finiteOrNull(gradientNorm);
  }

  void nameImages() {
    imageIds = new ArrayList<>();
    int left = BYTES_OF_IDS;
    for (LabeledImage image : batch.mined().images()) {
      left -= image.id().getBytes(UTF_8).length;
      if (left < 0) {
        return;
      }
      imageIds.add(image.id());
    }
  }

  WindowReport build(
      long windowsOfReplica,
      Margins currentMargins,
      DistanceMeans means,
      long refused,
      long collapses,
      String reason,
      Map<String, Long> trainingNanos) {
    Map<String, Double> millis = new LinkedHashMap<>();
    batch.stageNanos().forEach((stage, nanos) -> millis.put(stage, nanos / NANOS_PER_MILLI));
    trainingNanos.forEach((stage, nanos) -> millis.put(stage, nanos / NANOS_PER_MILLI));
    return new WindowReport(
        new WindowReport.Identity(
            batch.id().run(),
            batch.id().replica(),
            batch.id().number(),
            batch.id().version(windowsOfReplica)),
        new WindowReport.Images(
            batch.mined().windowImages(),
            batch.mined().images().size(),
            batch.changes().removedIds().size(),
            batch.changes().lateLabels()),
        mining(),
        loss(),
        margins(currentMargins, means),
        batch.tests().prequential(),
        new WindowReport.Memory(batch.memory().size(), batch.memory().classes()),
        new WindowReport.Health(refused, collapses, reason, imageIds),
        new WindowReport.Details(millis, hardest, batch.ledger()));
  }

  private WindowReport.Mining mining() {
    QuadrupletLoss.Result hinges = loss == null ? null : loss.quadruplet();
    return new WindowReport.Mining(
        batch.miningVersion(),
        batch.mined().asked(),
        quadruplets,
        hinges == null ? 0 : hinges.first().active(),
        hinges == null ? 0 : hinges.second().active());
  }

  private WindowReport.Loss loss() {
    if (loss == null) {
      return WindowReport.Loss.NONE;
    }
    return new WindowReport.Loss(
        finiteOrNull(loss.total()),
        finiteOrNull(loss.quadruplet().first().loss()),
        finiteOrNull(loss.quadruplet().second().loss()),
        finiteOrNull(loss.pairSoftmax()),
        gradientNorm);
  }

  private WindowReport.Margins margins(Margins current, DistanceMeans means) {
    Margins used = margins == null ? current : margins;
    return new WindowReport.Margins(
        used.first(),
        used.second(),
        finiteOrNull(means.positive()),
        finiteOrNull(means.negative()),
        warmingUp);
  }

  private static Double finiteOrNull(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
