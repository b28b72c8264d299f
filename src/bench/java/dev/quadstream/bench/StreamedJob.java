package dev.quadstream.bench;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.WindowReport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The job in this process, between the topics of a broker in a process of its own. */
final class StreamedJob implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final KafkaBrokerProcess broker;
  private final Topics topics;
  private final RunningJob job;
  private final KafkaImageProducer producer;
  private final TopicReader reports;
  private final JobCheckpoints checkpoints;

  private StreamedJob(
      KafkaBrokerProcess broker,
      Topics topics,
      RunningJob job,
      KafkaImageProducer producer,
      TopicReader reports,
      JobCheckpoints checkpoints) {
    this.broker = broker;
    this.topics = topics;
    this.job = job;
    this.producer = producer;
    this.reports = reports;
    this.checkpoints = checkpoints;
  }

  /** A report, and when this process had it. */
  record Arrived(WindowReport report, long nanos) {}

  /** Starts it with a Flink in this process. */
  static StreamedJob start(PipelineSettings settings, Path directory) throws Exception {
    return start(
        settings,
        directory,
        local -> JobLauncher.startHere(local, KafkaConnectors.of(local), "0", null));
  }

  /** Starts it on a cluster that has this class path. */
  static StreamedJob submit(PipelineSettings settings, Path directory, InetSocketAddress jobManager)
      throws Exception {
    return start(
        settings,
        directory,
        local -> JobLauncher.submit(local, KafkaConnectors.of(local), jobManager, List.of(), null));
  }

  /** How a job is started. */
  private interface Launcher {
    RunningJob start(PipelineSettings settings) throws Exception;
  }

  private static StreamedJob start(PipelineSettings settings, Path directory, Launcher launcher)
      throws Exception {
    KafkaBrokerProcess broker =
        KafkaBrokerProcess.launch(directory.resolve("kafka"), 0, directory.resolve("logs"))
            .awaitReady();
    PipelineSettings local =
        settings
            .with(KafkaConfig.BOOTSTRAP_SERVERS, broker.bootstrapServers())
            .with(JobConfig.REGISTRY_DIRECTORY, directory.resolve("models").toString())
            .with(JobConfig.CHECKPOINT_DIRECTORY, directory.resolve("checkpoints").toString());
    Topics topics = new Topics(local.get(KafkaConfig.TOPIC_PREFIX));
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, (short) 1);
    }
    RunningJob job = launcher.start(local);
    return new StreamedJob(
        broker,
        topics,
        job,
        new KafkaImageProducer(broker.connection(), topics.images()),
        new TopicReader(broker.connection(), topics.reports(), TopicReader.Start.BEGINNING),
        job.webPage() == null ? null : new JobCheckpoints(job.webPage(), job.id()));
  }

  String id() {
    return job.id();
  }

  void send(EncodedImage image) {
    producer.send(
        image.id(), image.label(), image.contentType(), image.bytes(), System.currentTimeMillis());
  }

  void flush() {
    producer.flush();
  }

  /** The next report; fails where the job has. */
  Arrived nextReport() throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      ConsumerRecord<byte[], byte[]> message = reports.next(Duration.ofSeconds(1)).orElse(null);
      if (message != null) {
        return new Arrived(
            JsonMessages.read(message.value(), WindowReport.class), System.nanoTime());
      }
      if (job.hasEnded()) {
        job.await();
      }
    }
    throw new IllegalStateException("No report came within " + PATIENCE.toMinutes() + " minutes.");
  }

  /** A reader of another of the job's topics, from its beginning. */
  TopicReader reader(String topic) {
    return new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING);
  }

  Topics topics() {
    return topics;
  }

  JobCheckpoints checkpoints() {
    return checkpoints;
  }

  @Override
  public void close() {
    if (!job.hasEnded()) {
      job.cancel();
    }
    producer.close();
    reports.close();
    broker.close();
  }
}
