package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.state.Feedback;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.ReplicaProgress;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.training.TestingReports;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTopicsTest {

  private final Topics names = new Topics("");
  private final RunState state = new RunState("icons");
  private final PublishedEmbeddings embeddings = new PublishedEmbeddings(1_000);
  private final Feedback feedback = new Feedback(10);
  private final RunTopics run =
      new RunTopics(names, "icons", state, embeddings, Optional.of(feedback));
  private final FeedbackTopics answers = new FeedbackTopics(names, feedback);

  /** Passed over as it is read, or taken up; never what fails the page from then on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "reports|{}",
        "reports|{'run':'x','shard':7,'window':-1}",
        "reports|{'run':null,'replica':-7,'window':0}",
        "reports|{'run':'run-1','window':0,'modelVersion':null,'hardest':[null]}",
        "reports|{'run':'run-1','window':0,'hardest':[{}],'ledger':[null]}",
        "reports|{'run':'run-1','window':9223372036854775807,'images':-1,'ledger':[{}]}",
        "models|{}",
        "models|{'name':'icons','run':'r','version':-1}",
        "models|{'name':'icons','run':'r','version':1,'metrics':{'a':null}}",
        "models|{'name':'icons','run':'r','version':1,'release':{}}",
        "models|{'name':'icons','run':'r','version':1,'release':{'quarantined':[null]}}",
        "releases|{'name':'icons','run':'r','version':1,'decision':{'evidence':{}}}",
        "releases|{'name':'icons','run':'r','version':1}",
        "embeddings|{'id':'a','vector':['NaN',1e999,null]}",
        "embeddings|{'id':'a','vector':[],'window':-1}",
        "embeddings|{'id':null,'vector':[1]}",
        "matches|{'id':'a','verdict':'unsure','candidates':[null]}",
        "matches|{'id':'a','verdict':'unsure','candidates':null}",
        "matches|{'id':'a','verdict':'unsure','candidates':[{'label':null},{'label':'cup'}]}",
        "matches|{'id':'a','verdict':'unsure','candidates':[{'label':'cup'},{}]}",
      })
  void whateverOthersWriteThePageGoesOn(String topic, String json) {
    try {
      take(topic, json.replace('\'', '"').getBytes(UTF_8));
    } catch (MalformedMessageException e) {
      assertThat(e).as("logged, and the record skipped").hasMessageStartingWith("Not the JSON of");
    }

    assertThatCode(this::look).doesNotThrowAnyException();
    take("reports", JsonMessages.write(TestingReports.report(0, 0)));
    look();
    assertThat(state.replicas()).extracting(ReplicaProgress::number).contains(0);
  }

  private void take(String topic, byte[] json) {
    ConsumerRecord<byte[], byte[]> message =
        new ConsumerRecord<>(topic, 0, 0, "icons".getBytes(UTF_8), json);
    if (topic.equals(names.matches())) {
      answers.take(message);
    } else {
      run.take(message);
    }
  }

  /** All that a browser is told. */
  private void look() {
    for (ReplicaProgress replica : state.replicas()) {
      JsonMessages.write(state.status(0, Optional.of(replica)));
      JsonMessages.write(replica.history(-1, 0));
      JsonMessages.write(replica.hardest());
    }
    JsonMessages.write(state.models().models());
    embeddings.get("icons");
    feedback.choose(id -> true);
    JsonMessages.write(feedback.message());
  }
}
