package dev.quadstream.cli;

import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.LabelRecordParser;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Where the latest record lies of each image, or label of one, that was asked about. Keeps those
 * alone, of however many the topics hold. Not thread-safe.
 */
final class LatestRecords {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final ImageRecordParser images;
  private final LabelRecordParser labels = new LabelRecordParser();
  private final String topicOfLabels;
  private final Map<Subject, TopicPlace> latest = new HashMap<>();

  /** What a record is about. */
  private record Subject(boolean isLabel, String id) {}

  LatestRecords(ImageRecordParser images, String topicOfLabels) {
    this.images = images;
    this.topicOfLabels = topicOfLabels;
  }

  /** Asks about the image or label of a record, which may itself be the latest of it. */
  void ask(SourceRecord record) {
    latest.merge(subjectOf(record), TopicPlace.of(record), TopicPlace::later);
  }

  /**
   * Reads those of the topics that somebody asked about.
   *
   * @param stopped whether that is not wanted any more
   */
  void read(KafkaCluster kafka, BooleanSupplier stopped) {
    for (String topic : List.of(kafka.topics().images(), topicOfLabels)) {
      boolean isLabel = topic.equals(topicOfLabels);
      if (latest.keySet().stream().anyMatch(subject -> subject.isLabel() == isLabel)) {
        try (TopicReader reader = kafka.reader(topic, TopicReader.Start.BEGINNING)) {
          reader.forEachToEnd(
              TIMEOUT,
              message -> {
                add(SourceRecord.of(message));
                return !stopped.getAsBoolean();
              });
        }
      }
    }
  }

  /** Takes up a record of one of the topics. */
  void add(SourceRecord record) {
    latest.computeIfPresent(
        subjectOf(record), (subject, place) -> place.later(TopicPlace.of(record)));
  }

  /** Whether somebody asked about what a record is about. */
  boolean knows(SourceRecord record) {
    return latest.containsKey(subjectOf(record));
  }

  /** Whether what a record is about was sent again, or removed, after it. */
  boolean isReplaced(SourceRecord record) {
    TopicPlace place = TopicPlace.of(record);
    return place.isBefore(latest.getOrDefault(subjectOf(record), place));
  }

  boolean isLabel(SourceRecord record) {
    return record.topic().equals(topicOfLabels);
  }

  private Subject subjectOf(SourceRecord record) {
    boolean isLabel = isLabel(record);
    return new Subject(isLabel, isLabel ? labels.idOf(record) : images.idOf(record));
  }
}
