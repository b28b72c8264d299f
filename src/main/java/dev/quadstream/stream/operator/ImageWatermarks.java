package dev.quadstream.stream.operator;

import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Event time at the source, partition by partition: an image's time is when it was taken, found
 * without decoding it. Removals, images without a label and what becomes a dead letter have no time
 * and move nothing.
 *
 * <p>A partition whose images bring no later time for {@code source.idleness} no longer holds back
 * the others, be it that none come or that its clock stands.
 */
public final class ImageWatermarks implements WatermarkStrategy<SourceRecord> {

  private static final long serialVersionUID = 1L;

  private final PipelineSettings settings;

  public ImageWatermarks(PipelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public TimestampAssigner<SourceRecord> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    ImageRecordParser parser = settings.parser();
    return (source, recordTime) -> timeOf(parser, source);
  }

  private static long timeOf(ImageRecordParser parser, SourceRecord source) {
    try {
      return timeOf(parser.parse(source));
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // The decoder meets the same, and puts it aside where that comes each time.
      return TimestampAssigner.NO_TIMESTAMP;
    }
  }

  private static long timeOf(ParsedRecord record) {
    if (record instanceof ImageReceived image && image.label() != null) {
      return image.capturedAt();
    }
    return record instanceof ImageReferenced image && image.label() != null
        ? image.capturedAt()
        : TimestampAssigner.NO_TIMESTAMP;
  }

  @Override
  public WatermarkGenerator<SourceRecord> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    return new LaterTimes(
        WatermarkStrategy.<SourceRecord>forBoundedOutOfOrderness(
                settings.get(WindowConfig.OUT_OF_ORDERNESS))
            .withIdleness(settings.get(WindowConfig.SOURCE_IDLENESS))
            .createWatermarkGenerator(context));
  }

  /** Passes on only what moves time, so that all else counts as idle. */
  private static final class LaterTimes implements WatermarkGenerator<SourceRecord> {

    private final WatermarkGenerator<SourceRecord> generator;
    private long latest = TimestampAssigner.NO_TIMESTAMP;

    LaterTimes(WatermarkGenerator<SourceRecord> generator) {
      this.generator = generator;
    }

    @Override
    public void onEvent(SourceRecord source, long time, WatermarkOutput output) {
      if (time > latest) {
        latest = time;
        generator.onEvent(source, time, output);
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      generator.onPeriodicEmit(output);
    }
  }
}
