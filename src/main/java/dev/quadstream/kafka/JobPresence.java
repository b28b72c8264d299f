package dev.quadstream.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows others that a job runs, and the job whether others do: it is a member of a consumer group
 * that reads nothing. The broker forgets it when it closes, or {@link #LEASE} after it died; what
 * else names a pipeline on a broker, offsets and transactional ids, tells nothing of who lives.
 * Thread-safe.
 */
public final class JobPresence implements AutoCloseable {

  /** How long after its death a job still counts: the least that a broker grants by default. */
  public static final Duration LEASE = Duration.ofSeconds(6);

  private static final Logger LOG = LoggerFactory.getLogger(JobPresence.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final long LOOK_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final KafkaConnection kafka;
  private final TopicAdmin admin;
  private final String topic;
  private final String network;
  private final String job;
  private final Thread thread = new Thread(this::run, "job-presence");
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<Consumer<?, ?>> consumer = new AtomicReference<>();
  private volatile PipelineJobs others;

  /**
   * Joins, in a thread of its own.
   *
   * @param admin for the same broker, which is not closed here
   * @param topic of the images
   * @param network its name
   * @param job Flink's id of it
   */
  public JobPresence(
      KafkaConnection kafka, TopicAdmin admin, String topic, String network, String job) {
    this.kafka = kafka;
    this.admin = admin;
    this.topic = topic;
    this.network = network;
    this.job = job;
    thread.setDaemon(true);
    thread.start();
  }

  static String group(String topic, String network) {
    return "quadstream-jobs/" + topic + "/" + network;
  }

  /** How many other jobs run as the same pipeline; 0 where that could not be found out. */
  public int others() {
    PipelineJobs seen = others;
    return seen == null ? 0 : seen.hosts().size();
  }

  private void run() {
    while (closed.getCount() > 0) {
      try (Consumer<byte[], byte[]> member = connect()) {
        consumer.set(member);
        member.subscribe(List.of(topic), new ReadNothing(member));
        stay(member);
      } catch (WakeupException e) {
        LOG.debug("No longer shown as running.", e);
      } catch (RuntimeException | Error e) {
        LOG.warn(
            "Whether another job runs on topic {} as network {} is not known: {}",
            topic,
            network,
            e.toString());
        pause();
      }
    }
  }

  private Consumer<byte[], byte[]> connect() {
    return ByteConsumers.connect(
        kafka.with(
            Map.of(
                ConsumerConfig.GROUP_ID_CONFIG, group(topic, network),
                ConsumerConfig.CLIENT_ID_CONFIG, job,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic",
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, Long.toString(LEASE.toMillis()),
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, Long.toString(LEASE.toMillis() / 3))),
        1);
  }

  private void stay(Consumer<?, ?> member) {
    long looked = System.nanoTime() - LOOK_NANOS;
    while (closed.getCount() > 0) {
      member.poll(POLL);
      if (System.nanoTime() - looked >= LOOK_NANOS) {
        look();
        looked = System.nanoTime();
      }
    }
  }

  private void look() {
    PipelineJobs seen;
    try {
      seen = PipelineJobs.of(admin, topic, network).but(job);
    } catch (KafkaUnreachableException e) {
      LOG.debug("Other jobs are not looked for now.", e);
      return;
    }
    if (!seen.hosts().isEmpty() && !seen.equals(others)) {
      LOG.warn(
          "Beside this job there is {}: both train on every image, and with exactly-once end each"
              + " other's transactions. Stop one of them.",
          seen);
    }
    others = seen;
  }

  private void pause() {
    try {
      closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Leaves; others learn of it at once. */
  @Override
  public void close() {
    closed.countDown();
    Consumer<?, ?> member = consumer.get();
    if (member != null) {
      member.wakeup();
    }
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A member is given partitions. */
  private record ReadNothing(Consumer<?, ?> member) implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      member.pause(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // Nothing was read of them.
    }
  }
}
