package dev.quadstream.serve.feed;

import dev.quadstream.json.PrintableText;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.kafka.TopicsConsumer;
import dev.quadstream.serve.DaemonThreads;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that follows topics and starts anew, with what it saw last, whenever Kafka goes away.
 *
 * <p>A record that the taker throws on is logged and skipped: topics hold what others wrote; unless
 * its taker is to {@link #lackNone}. After a failure that nobody foresaw it starts anew, too, and
 * says so until it is well again.
 */
public final class FeedLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FeedLoop.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long RETRY_MILLIS = 2_000;

  private final KafkaConnection kafka;
  private final Supplier<Map<String, Long>> topics;
  private final Consumer<ConsumerRecord<byte[], byte[]>> taker;
  private final Consumer<String> problems;
  private final Consumer<String> failures;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean caughtUp;
  private Runnable whenCaughtUp = () -> {};
  private Supplier<Map<TopicPartition, Long>> places = Map::of;
  private boolean lacksNone;
  private long failed;

  /**
   * A loop that has not started.
   *
   * @param topics how many of its last records each topic is read from; empty while it is too early
   * @param taker takes every record
   * @param problems is told why Kafka cannot be read, and null once it can
   * @param failures is told what else went wrong and how often, and null once all is well
   */
  public FeedLoop(
      String name,
      KafkaConnection kafka,
      Supplier<Map<String, Long>> topics,
      Consumer<ConsumerRecord<byte[], byte[]>> taker,
      Consumer<String> problems,
      Consumer<String> failures) {
    this.kafka = kafka;
    this.topics = topics;
    this.taker = taker;
    this.problems = problems;
    this.failures = failures;
    this.thread = DaemonThreads.named(name).newThread(this::run);
  }

  /**
   * Has the loop's thread do something each time it has caught up after it began anew. To be called
   * before the start.
   */
  public void whenCaughtUp(Runnable action) {
    whenCaughtUp = action;
  }

  /**
   * Has it ask, each time it begins anew, for partitions that are read from a given offset on. To
   * be called before the start.
   */
  public void resumeFrom(Supplier<Map<TopicPartition, Long>> offsets) {
    places = offsets;
  }

  /**
   * Has it begin anew where there was no room in the heap for a record, which others may have
   * filled, instead of skipping that, and where its taker says so by a {@link KafkaException}. To
   * be called before the start.
   */
  public void lackNone() {
    lacksNone = true;
  }

  public void start() {
    thread.start();
  }

  /** Has it look at once whether it is still too early. From any thread. */
  public synchronized void wake() {
    notifyAll();
  }

  /** Whether it has once taken all that the topics held when it came to them. */
  public boolean hasCaughtUp() {
    return caughtUp;
  }

  private void run() {
    while (!closing) {
      try {
        follow();
        failures.accept(null);
      } catch (KafkaUnreachableException | MissingTopicException e) {
        // The second line on of a missing topic's message is for a terminal.
        problems.accept(e.getMessage().lines().findFirst().orElse(""));
      } catch (KafkaException e) {
        if (!closing) {
          problems.accept("Reading from Kafka at %s failed: %s".formatted(kafka, e.getMessage()));
        }
      } catch (RuntimeException | Error e) {
        fail(e);
      }
      pause();
    }
  }

  private void fail(Throwable failure) {
    failed++;
    // Once in full: a cause that lasts would fill the log.
    if (failed == 1) {
      LOG.warn("{} failed and is started anew.", thread.getName(), failure);
    } else {
      LOG.warn("{} failed for the {}. time: {}", thread.getName(), failed, failure.toString());
    }
    failures.accept(
        "%s has failed %d times and is started anew each time: %s"
            .formatted(thread.getName(), failed, failure));
  }

  private void follow() {
    Map<String, Long> wanted = topics.get();
    if (wanted.isEmpty()) {
      return;
    }
    try (TopicsConsumer records = TopicsConsumer.recent(kafka, wanted, places.get())) {
      problems.accept(null);
      failures.accept(null);
      boolean behind = true;
      while (!closing) {
        records.poll(POLL).forEach(this::take);
        if (behind && records.hasCaughtUp()) {
          behind = false;
          caughtUp = true;
          whenCaughtUp.run();
        }
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> message) {
    try {
      taker.accept(message);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      if (lacksNone && (e instanceof OutOfMemoryError || e instanceof KafkaException)) {
        throw e;
      }
      // One that takes too much would do so each time it is met anew.
      LOG.warn(
          "Record {}-{}-{} is skipped: {}",
          message.topic(),
          message.partition(),
          message.offset(),
          PrintableText.of(e.toString()));
    }
  }

  private synchronized void pause() {
    try {
      if (!closing) {
        wait(RETRY_MILLIS);
      }
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    // An interrupt would end a poll, but also a connection half made: both give up by themselves.
    try {
      thread.join(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
