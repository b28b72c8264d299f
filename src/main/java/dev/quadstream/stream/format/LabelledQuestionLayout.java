package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class LabelledQuestionLayout implements RecordLayout<LabelledQuestion> {

  private static final ImageQuestionLayout QUESTION = new ImageQuestionLayout();

  @Override
  public void write(LabelledQuestion value, DataOutputView out) throws IOException {
    QUESTION.write(value.question(), out);
    Fields.writeText(value.label(), out);
  }

  @Override
  public LabelledQuestion read(int version, DataInputView in) throws IOException {
    return new LabelledQuestion(QUESTION.read(2, in), Fields.readText(in));
  }
}
