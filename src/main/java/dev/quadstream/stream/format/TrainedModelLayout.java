package dev.quadstream.stream.format;

import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TrainedModelLayout implements RecordLayout<TrainedModel> {

  /** Of the JSON within, which tells its own. */
  private static final int MANIFEST_VERSION = 1;

  @Override
  public void write(TrainedModel value, DataOutputView out) throws IOException {
    RecordFormats.MANIFEST.layout().write(value.draft(), out);
    Fields.writeBytes(value.bytes(), out);
    Fields.writeList(value.merged(), out, ContributionLayout::writeStored);
  }

  @Override
  public TrainedModel read(int version, DataInputView in) throws IOException {
    return new TrainedModel(
        RecordFormats.MANIFEST.layout().read(MANIFEST_VERSION, in),
        Fields.readBytes(in),
        version < 2 ? List.of() : Fields.readList(in, ContributionLayout::readStored));
  }
}
