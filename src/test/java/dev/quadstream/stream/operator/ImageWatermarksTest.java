package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.TestingPipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class ImageWatermarksTest {

  private static final long TIME = 1_700_000_000_000L;

  private final ImageWatermarks watermarks =
      new ImageWatermarks(
          TestingPipeline.settings(
              "window.kind",
              "EVENT_TIME",
              "window.timeout",
              "5 s",
              "window.out-of-orderness",
              "2 s",
              "source.idleness",
              "10 s"));

  private final ManualClock clock = new ManualClock();
  private final TestingOutput output = new TestingOutput();
  private final TimestampAssigner<SourceRecord> times =
      watermarks.createTimestampAssigner(UnregisteredMetricsGroup::new);
  private final WatermarkGenerator<SourceRecord> partition =
      watermarks.createWatermarkGenerator(new TestingContext());

  @Test
  void anImagesTimeMovesTheWatermarkOfItsPartition() {
    image(TIME);
    image(TIME - 1_000);
    assertThat(output.watermarks).containsExactly(TIME - 2_001);
    image(TIME + 7_000);
    assertThat(output.watermarks).containsExactly(TIME - 2_001, TIME + 4_999);
  }

  /** The record's own time is hours after those of the images that are replayed around it. */
  @Test
  void removalsAndBadRecordsHaveNoTimeAndMoveNothing() {
    image(TIME);
    long replayed = TIME + Duration.ofDays(1).toMillis();
    byte[] deleted = "{\"id\":\"cup-1\",\"__deleted\":\"true\"}".getBytes(UTF_8);
    take(new SourceRecord("images", 0, 1, replayed, "cup-1".getBytes(UTF_8), null, List.of()));
    take(new SourceRecord("images", 0, 2, replayed, null, deleted, List.of()));
    take(new SourceRecord("images", 0, 3, replayed, null, new byte[] {1}, List.of()));
    take(record(replayed, "999999999999999"));
    take(record(replayed, Long.toString(TIME / 1_000)));
    assertThat(output.watermarks).containsExactly(TIME - 2_001);
  }

  @Test
  void aPartitionWhoseTimeStandsNoLongerHoldsBackTheOthers() {
    image(TIME);
    for (int second = 0; second < 12; second++) {
      clock.advanceTime(Duration.ofSeconds(1));
      image(TIME);
      take(new SourceRecord("images", 0, 1, TIME, "cup-1".getBytes(UTF_8), null, List.of()));
    }
    assertThat(output.idle).isTrue();

    image(TIME + 1);
    assertThat(output.idle).isFalse();
    assertThat(output.watermarks).containsExactly(TIME - 2_001, TIME - 2_000);
  }

  private void image(long time) {
    take(record(time, Long.toString(time)));
  }

  private void take(SourceRecord source) {
    partition.onEvent(source, times.extractTimestamp(source, source.timestamp()), output);
    partition.onPeriodicEmit(output);
  }

  private static SourceRecord record(long timestamp, String capturedAt) {
    List<Header> headers =
        List.of(
            new RecordHeader("label", "cup".getBytes(UTF_8)),
            new RecordHeader("captured-at", capturedAt.getBytes(UTF_8)));
    // What it is nobody has looked at yet.
    return new SourceRecord("images", 0, 7, timestamp, null, new byte[] {-1, 1}, headers);
  }

  private final class TestingContext implements WatermarkGeneratorSupplier.Context {

    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return clock;
    }
  }

  private static final class TestingOutput implements WatermarkOutput {

    private final List<Long> watermarks = new ArrayList<>();
    private boolean idle;

    @Override
    public void emitWatermark(Watermark watermark) {
      idle = false;
      if (watermarks.isEmpty()
          || watermark.getTimestamp() > watermarks.get(watermarks.size() - 1)) {
        watermarks.add(watermark.getTimestamp());
      }
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {
      idle = false;
    }
  }
}
