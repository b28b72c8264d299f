package dev.quadstream.stream.format;

import dev.quadstream.training.WindowDealer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class WindowDealerFormat implements RecordFormat<WindowDealer> {

  @Override
  public String name() {
    return "window-dealer";
  }

  @Override
  public Class<WindowDealer> type() {
    return WindowDealer.class;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public void write(WindowDealer value, DataOutputView out) throws IOException {
    WindowFields.writeId(value.next(), out);
    WindowFields.writePublishing(value.publishing(), out);
    Fields.writeList(value.recent(), out, WindowFields::writeElsewhere);
  }

  @Override
  public WindowDealer read(int version, DataInputView in) throws IOException {
    return new WindowDealer(
        WindowFields.readId(in),
        WindowFields.readPublishing(in),
        Fields.readList(in, WindowFields::readElsewhere));
  }
}
