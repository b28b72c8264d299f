package dev.quadstream.cli;

import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.stream.operator.ImageFetch;
import dev.quadstream.stream.operator.ImagesUnreachableException;
import dev.quadstream.stream.options.PipelineSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The images that the images topic holds, each as it came last. It is read twice: an image that was
 * replaced or removed must not show up for a moment as it was.
 */
final class TopicImages {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final KafkaCluster kafka;
  private final ImageRecordParser parser;
  private final ImageFetch fetch;
  private final Map<String, LastRecord> last = new HashMap<>();

  private long unreadable;

  /**
   * A record that says of an image what there is of it.
   *
   * @param removal whether it takes the image back
   */
  private record LastRecord(TopicPlace place, boolean removal) {

    LastRecord later(LastRecord other) {
      return place.isBefore(other.place) ? other : this;
    }
  }

  /**
   * Reads where each image lies.
   *
   * @param stopped whether that is not wanted any more
   */
  TopicImages(KafkaCluster kafka, PipelineSettings settings, BooleanSupplier stopped) {
    this.kafka = kafka;
    this.parser = settings.parser();
    this.fetch = ImageFetch.of(settings);
    forEachRecord(
        record -> {
          ParsedRecord parsed = parser.parse(record);
          if (!(parsed instanceof RejectedRecord)) {
            last.merge(
                idOf(parsed),
                new LastRecord(TopicPlace.of(record), parsed instanceof ImageRemoved),
                LastRecord::later);
          }
          return !stopped.getAsBoolean();
        });
  }

  private static String idOf(ParsedRecord parsed) {
    if (parsed instanceof ImageRemoved removal) {
      return removal.id();
    }
    if (parsed instanceof ImageReferenced referenced) {
      return referenced.id();
    }
    return ((ImageReceived) parsed).id();
  }

  private void forEachRecord(Predicate<SourceRecord> taker) {
    try (TopicReader topic = kafka.reader(kafka.topics().images(), TopicReader.Start.BEGINNING)) {
      topic.forEachToEnd(TIMEOUT, record -> taker.test(SourceRecord.of(record)));
      unreadable = topic.passedOver();
    }
  }

  /** Records of the topic that Kafka's client could not hand out. */
  long unreadable() {
    return unreadable;
  }

  /** Images that were taken back, and did not come again. */
  Set<String> removed() {
    return ids(true).collect(Collectors.toSet());
  }

  long count(Predicate<String> wanted) {
    return ids(false).filter(wanted).count();
  }

  private Stream<String> ids(boolean removal) {
    return last.entrySet().stream()
        .filter(each -> each.getValue().removal() == removal)
        .map(Map.Entry::getKey);
  }

  /**
   * Hands out the wanted images.
   *
   * @param wanted by their ids, asked as late as may be
   * @param taker says whether it wants more
   * @param unread is told of each that is said to lie where it cannot be read
   */
  void forEach(
      Predicate<String> wanted, Predicate<ImageReceived> taker, BiConsumer<String, String> unread) {
    forEachRecord(
        record -> {
          ParsedRecord parsed = parser.parse(record);
          if (parsed instanceof RejectedRecord || parsed instanceof ImageRemoved) {
            return true;
          }
          String id = idOf(parsed);
          LastRecord latest = last.get(id);
          if (latest == null || !latest.place().equals(TopicPlace.of(record)) || !wanted.test(id)) {
            return true;
          }
          try {
            return taker.test(received(parsed));
          } catch (ImageFetch.NotFetchedException e) {
            unread.accept(id, e.getMessage());
            return true;
          } catch (ImagesUnreachableException e) {
            throw CommandException.unavailable(e.getMessage(), e);
          }
        });
  }

  private ImageReceived received(ParsedRecord parsed) throws ImageFetch.NotFetchedException {
    return parsed instanceof ImageReferenced referenced
        ? referenced.with(fetch.read(referenced.address()))
        : (ImageReceived) parsed;
  }
}
