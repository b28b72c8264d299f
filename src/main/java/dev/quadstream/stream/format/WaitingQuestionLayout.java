package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class WaitingQuestionLayout implements RecordLayout<WaitingQuestion> {

  private static final ImageQuestionLayout QUESTION = new ImageQuestionLayout();

  @Override
  public void write(WaitingQuestion value, DataOutputView out) throws IOException {
    QUESTION.write(value.question(), out);
    Fields.writeText(value.label(), out);
  }

  @Override
  public WaitingQuestion read(int version, DataInputView in) throws IOException {
    return new WaitingQuestion(QUESTION.read(2, in), Fields.readText(in));
  }
}
