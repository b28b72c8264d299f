package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TrainedModelLayout implements RecordLayout<TrainedModel> {

  @Override
  public void write(TrainedModel value, DataOutputView out) throws IOException {
    RecordFormats.MANIFEST.layout().write(value.draft(), out);
    Fields.writeBytes(value.bytes(), out);
  }

  @Override
  public TrainedModel read(int version, DataInputView in) throws IOException {
    return new TrainedModel(
        RecordFormats.MANIFEST.layout().read(version, in), Fields.readBytes(in));
  }
}
