package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class LabelledQuestionFormat implements RecordFormat<LabelledQuestion> {

  private static final ImageQuestionFormat QUESTION = new ImageQuestionFormat();

  @Override
  public String name() {
    return "labelled-question";
  }

  @Override
  public Class<LabelledQuestion> type() {
    return LabelledQuestion.class;
  }

  @Override
  public int version() {
    return 1;
  }

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
