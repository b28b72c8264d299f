package dev.quadstream.stream;

import dev.quadstream.kafka.SourceRecord;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * For records that have no part in event time: their source counts as idle, so that the time of
 * what they are joined with goes on without them.
 */
final class Timeless implements WatermarkStrategy<SourceRecord> {

  private static final long serialVersionUID = 1L;

  @Override
  public WatermarkGenerator<SourceRecord> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    return new WatermarkGenerator<>() {

      @Override
      public void onEvent(SourceRecord source, long time, WatermarkOutput output) {
        output.markIdle();
      }

      @Override
      public void onPeriodicEmit(WatermarkOutput output) {
        output.markIdle();
      }
    };
  }
}
