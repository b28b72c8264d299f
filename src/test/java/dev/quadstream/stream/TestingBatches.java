package dev.quadstream.stream;

import dev.quadstream.training.PairedTest;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.TrainingBatch;
import java.util.List;
import java.util.Map;

/** Batches that differ in what was measured beside them. */
public final class TestingBatches {

  private TestingBatches() {}

  public static TrainingBatch with(
      TrainingBatch batch,
      Map<String, Long> stageNanos,
      List<PartitionLedger> ledger,
      PairedTest paired) {
    return new TrainingBatch(
        batch.id(),
        batch.publish(),
        batch.miningVersion(),
        batch.mined(),
        batch.changes(),
        new TrainingBatch.Tests(batch.tests().prequential(), paired),
        batch.memory(),
        stageNanos,
        ledger);
  }
}
