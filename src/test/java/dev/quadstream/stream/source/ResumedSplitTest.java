package dev.quadstream.stream.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.TopicExtent;
import dev.quadstream.stream.options.SkippedRecords;
import dev.quadstream.stream.options.SkippedRecords.InputTopic;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResumedSplitTest {

  private static final TopicPartition PARTITION = new TopicPartition("images", 1);
  private static final Uuid TOPIC = new Uuid(1, 2);
  private static final Uuid ANOTHER = new Uuid(3, 4);
  private static final TopicExtent EXTENT =
      new TopicExtent(TOPIC, Map.of(PARTITION, 100L), Map.of(PARTITION, 200L));

  @ParameterizedTest
  @ValueSource(longs = {100, 150, 200})
  void whatIsThereIsReadOnWithoutAWord(long offset) {
    ResumedSplit resumed = ResumedSplit.of(new TopicSplit(splitAt(offset), TOPIC), EXTENT, false);

    assertThat(resumed.offset()).isEqualTo(offset);
    assertThat(resumed.gap()).isNull();
  }

  @Test
  void aPartitionThatWasAddedIsReadFromItsBeginningWithoutAWord() {
    ResumedSplit resumed =
        ResumedSplit.of(splitAt(KafkaPartitionSplit.EARLIEST_OFFSET), EXTENT, false);

    assertThat(resumed.toRead(TOPIC).getStartingOffset())
        .isEqualTo(KafkaPartitionSplit.EARLIEST_OFFSET);
    assertThat(resumed.gap()).isNull();
  }

  @Test
  void whatRetentionTookIsCounted() {
    ResumedSplit resumed = ResumedSplit.of(new TopicSplit(splitAt(40), TOPIC), EXTENT, false);

    assertThat(resumed.offset()).isEqualTo(100);
    OffsetGap gap = resumed.gap();
    assertThat(gap.records()).isEqualTo(60);
    assertThat(gap.last()).isEqualTo(99);
    assertThat(gap.why()).contains("Offsets 40 to 99 of partition 1 of topic images, 60 records");
  }

  @ParameterizedTest
  @CsvSource({"0", "150", "900"})
  void aTopicOfTheSameNameIsReadFromItsBeginning(long offset) {
    ResumedSplit resumed = ResumedSplit.of(new TopicSplit(splitAt(offset), ANOTHER), EXTENT, false);

    assertThat(resumed.offset()).isEqualTo(100);
    assertThat(resumed.gap().last()).isEqualTo(offset - 1);
    assertThat(resumed.gap().records()).as("of the new one").isEqualTo(100);
    assertThat(resumed.gap().why())
        .contains("deleted and made anew", TOPIC.toString(), ANOTHER.toString());
  }

  /** As of a state that an earlier version wrote, or after a broker has lost its disk. */
  @Test
  void anOffsetBehindTheEndIsSaidAndWhatComesIsRead() {
    ResumedSplit resumed = ResumedSplit.of(splitAt(201), EXTENT, false);

    assertThat(resumed.offset()).isEqualTo(200);
    assertThat(resumed.gap().records()).isZero();
    assertThat(resumed.gap().why()).contains("ends at offset 200 and had been read up to 200");
    assertThat(ResumedSplit.of(splitAt(201), EXTENT, true).offset())
        .as("of labels and commands, what is read twice says nothing new")
        .isEqualTo(100);
    assertThat(ResumedSplit.of(splitAt(200), EXTENT, false).gap()).isNull();
  }

  @Test
  void aPartitionThatIsNotThereIsNamed() {
    KafkaPartitionSplit third = new KafkaPartitionSplit(new TopicPartition("images", 3), 7);

    assertThatThrownBy(() -> ResumedSplit.of(third, EXTENT, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Topic images has 1 partitions")
        .hasMessageContaining("partition 3");
  }

  @Test
  void partitionsOfAnotherTopicAreRefusedForGoodWithBothTopics() {
    SkippedRecords nothing = SkippedRecords.of(InputTopic.LABELS, "");
    KafkaRecordsReader<?> reader =
        new KafkaRecordsReader<>(null, null, null, "prod.images", nothing, null, null, true, null);

    assertThatThrownBy(() -> reader.addSplits(List.of(splitAt(7))))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll(
            "reads topic images", "kafka.topic-prefix", "prod.images", "--new-run");
  }

  @Test
  void theDeadLetterSaysWhatIsGoneAndIsNoRemoval() {
    OffsetGap gap = ResumedSplit.of(new TopicSplit(splitAt(40), TOPIC), EXTENT, false).gap();

    assertThat(gap.toDeadLetter().errorClass()).isEqualTo("offsets-gone");
    assertThat(gap.toDeadLetter().errorMessage()).isEqualTo(gap.why());
    assertThat(gap.toDeadLetter().source().value()).isEmpty();
    assertThat(gap.toDeadLetter().source().offset()).isEqualTo(99);
  }

  @Test
  void stateKnowsTheTopicAndThatOfEarlierVersionsIsRead() throws IOException {
    KafkaPartitionSplitSerializer kafka = new KafkaPartitionSplitSerializer();
    TopicSplitSerializer serializer = new TopicSplitSerializer(kafka);
    KafkaPartitionSplit bounded = new KafkaPartitionSplit(PARTITION, 40, 90);

    KafkaPartitionSplit read =
        serializer.deserialize(
            serializer.getVersion(), serializer.serialize(new TopicSplit(bounded, TOPIC)));
    assertThat(TopicSplit.topicIdOf(read)).isEqualTo(TOPIC);
    assertThat(read.getTopicPartition()).isEqualTo(PARTITION);
    assertThat(read.getStartingOffset()).isEqualTo(40);
    assertThat(read.getStoppingOffset()).contains(90L);

    KafkaPartitionSplit found =
        serializer.deserialize(serializer.getVersion(), serializer.serialize(splitAt(7)));
    assertThat(TopicSplit.topicIdOf(found)).isNull();
    assertThat(serializer.deserialize(kafka.getVersion(), kafka.serialize(bounded)))
        .isEqualTo(bounded);
  }

  private static KafkaPartitionSplit splitAt(long offset) {
    return new KafkaPartitionSplit(PARTITION, offset);
  }
}
