package dev.quadstream.stream.format;

import dev.quadstream.training.OuterStep;
import dev.quadstream.training.Rounds;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class RoundsLayout implements RecordLayout<Rounds> {

  private static final ContributionLayout CONTRIBUTION = new ContributionLayout();

  @Override
  public void write(Rounds value, DataOutputView out) throws IOException {
    out.writeLong(value.first());
    out.writeLong(value.merged());
    Fields.writeList(value.open(), out, CONTRIBUTION::write);
    out.writeBoolean(value.outer() != null);
    if (value.outer() != null) {
      NetworkFields.writeParameters(value.outer().model(), out);
      NetworkFields.writeState(value.outer().momentum(), out);
    }
  }

  @Override
  public Rounds read(int version, DataInputView in) throws IOException {
    return new Rounds(
        version > 1 ? in.readLong() : 0,
        in.readLong(),
        Fields.readList(in, contribution -> CONTRIBUTION.read(version, contribution)),
        version > 1 && in.readBoolean()
            ? new OuterStep.State(NetworkFields.readParameters(in), NetworkFields.readState(in))
            : null);
  }
}
