package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TrainedModelFormat implements RecordFormat<TrainedModel> {

  @Override
  public String name() {
    return "trained-model";
  }

  @Override
  public Class<TrainedModel> type() {
    return TrainedModel.class;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public void write(TrainedModel value, DataOutputView out) throws IOException {
    RecordFormats.MANIFEST.write(value.draft(), out);
    Fields.writeBytes(value.bytes(), out);
  }

  @Override
  public TrainedModel read(int version, DataInputView in) throws IOException {
    return new TrainedModel(RecordFormats.MANIFEST.read(version, in), Fields.readBytes(in));
  }
}
