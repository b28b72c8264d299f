package dev.quadstream.stream.launch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.stream.JobConnectors;
import dev.quadstream.stream.QuadstreamJob;
import dev.quadstream.stream.options.Directories;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.stream.rest.RestGuardFactory;
import dev.quadstream.stream.startup.ExecutableDirectory;
import dev.quadstream.stream.startup.LibraryBundle;
import dev.quadstream.stream.startup.StartRefusedException;
import dev.quadstream.stream.startup.StateDirectories;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobSubmissionResult;
import org.apache.flink.client.deployment.executors.LocalExecutor;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the job, in this process or on a cluster. */
public final class JobLauncher {

  private static final String LOOPBACK = "localhost";
  private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(10);

  /** One that a restart fails on, and two to choose from. Older states are savepoints. */
  private static final int RETAINED_CHECKPOINTS = 3;

  private static final Duration REST_TIMEOUT = Duration.ofSeconds(5);

  /** How long after another TaskManager a further one may come. */
  private static final Duration REGISTRATION = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(JobLauncher.class);

  private JobLauncher() {}

  /**
   * Starts the job on a Flink in this process, with its web page.
   *
   * @param settings the options
   * @param connectors the ends of the pipeline
   * @param webPorts ports for Flink's web page on the loopback interface, as Flink's {@code
   *     rest.bind-port} takes them: the first that is free is taken, 0 is any free one
   * @param savepoint what to start from, or null to start anew
   * @return the job, which says where the page is
   */
  public static RunningJob startHere(
      PipelineSettings settings, JobConnectors connectors, String webPorts, String savepoint)
      throws Exception {
    return startHere(settings, connectors, webPorts, savepoint, () -> {});
  }

  /**
   * The same where something that the job needs starts beside Flink.
   *
   * @param isThere returns once it is there, or throws, which ends Flink and is thrown here
   */
  public static RunningJob startHere(
      PipelineSettings settings,
      JobConnectors connectors,
      String webPorts,
      String savepoint,
      Runnable isThere)
      throws Exception {
    // Flink unpacks a part of itself there, and says no more than that it cannot.
    ExecutableDirectory.require(Path.of(System.getProperty("java.io.tmpdir")));
    Configuration flink = flinkConfiguration(settings, savepoint);
    flink.set(DeploymentOptions.ATTACHED, true);
    // Its TaskManager is told what the environment alone would know: that its slots are decoders,
    // too.
    flink.set(DeploymentOptions.TARGET, LocalExecutor.NAME);
    flink.set(RestOptions.ADDRESS, LOOPBACK);
    flink.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    flink.set(RestOptions.BIND_PORT, webPorts);
    closePage(flink);
    flink.set(WebOptions.UPLOAD_DIR, directoryUntilExit("flink-web-upload").toString());
    // Flink would let its blob server, which serves and takes jars, listen on every interface.
    flink.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    flink.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    flink.set(
        TaskManagerOptions.NUM_TASK_SLOTS,
        Math.max(settings.replicas(), settings.get(JobConfig.PARALLELISM)));
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofSeconds(1));
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofMinutes(1));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
    new QuadstreamJob(settings, connectors).addTo(environment);
    return executeHere(environment, flink, isThere);
  }

  /** Whoever reaches the page may look: it takes no jars, jobs, savepoints or cancellations. */
  private static void closePage(Configuration flink) {
    flink.set(RestGuardFactory.READ_ONLY, true);
    flink.set(WebOptions.SUBMIT_ENABLE, false);
    flink.set(WebOptions.CANCEL_ENABLE, false);
    flink.set(WebOptions.RESCALE_ENABLE, false);
    // Flink's default is every origin. Its own page needs none.
    flink.set(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN, "http://" + LOOPBACK);
  }

  /** Flink makes a directory within it and leaves it behind, empty: the page takes no uploads. */
  private static Path directoryUntilExit(String within) throws IOException {
    Path directory = Files.createTempDirectory("quadstream-");
    directory.toFile().deleteOnExit();
    // What was named last goes first.
    directory.resolve(within).toFile().deleteOnExit();
    return directory;
  }

  /** What {@code environment.executeAsync} does, and asks the cluster for its page's address. */
  private static RunningJob executeHere(
      StreamExecutionEnvironment environment, Configuration flink, Runnable isThere)
      throws Exception {
    AtomicReference<MiniCluster> cluster = new AtomicReference<>();
    StreamGraph graph = environment.getStreamGraph();
    try {
      JobClient client =
          LocalExecutor.createWithFactory(
                  flink,
                  configuration -> {
                    cluster.set(new PatientCluster(configuration, isThere));
                    return cluster.get();
                  })
              .execute(graph, flink, Thread.currentThread().getContextClassLoader())
              .get();
      int port = cluster.get().getRestAddress().get().getPort();
      return new RunningJob(client, pageAt(port));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Takes its job once something else is there. */
  private static final class PatientCluster extends MiniCluster {

    private final Runnable isThere;

    PatientCluster(MiniClusterConfiguration configuration, Runnable isThere) {
      super(configuration);
      this.isThere = isThere;
    }

    /** What fails as a future ends the cluster, and what is thrown does not. */
    @Override
    public CompletableFuture<JobSubmissionResult> submitJob(ExecutionPlan job) {
      try {
        isThere.run();
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
      return super.submitJob(job);
    }
  }

  /**
   * Submits the job to a cluster.
   *
   * @param settings the options
   * @param connectors the ends of the pipeline
   * @param jobManager REST address of the cluster
   * @param jars what the cluster needs beside its own libraries
   * @param savepoint what to start from, or null to start anew
   */
  public static RunningJob submit(
      PipelineSettings settings,
      JobConnectors connectors,
      InetSocketAddress jobManager,
      List<String> jars,
      String savepoint)
      throws Exception {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createRemoteEnvironment(
            jobManager.getHostString(),
            jobManager.getPort(),
            flinkConfiguration(settings, savepoint),
            jars.toArray(String[]::new));
    return start(settings, connectors, environment);
  }

  /**
   * Starts the job on the cluster that runs this process: Flink's application mode, or {@code flink
   * run}. What the cluster's own configuration says and the job does not, holds.
   *
   * @param settings the options
   * @param connectors the ends of the pipeline
   * @param savepoint what to start from, or null for what the cluster says or to start anew
   * @throws StartRefusedException if libraries or directories are not fit for it
   */
  public static RunningJob runOnThisCluster(
      PipelineSettings settings, JobConnectors connectors, String savepoint) throws Exception {
    StreamExecutionEnvironment environment = onThisCluster(settings, savepoint);
    if (isJobManager(environment)) {
      requireFit(settings);
      requireCluster(settings, environment.getConfiguration());
    }
    return start(settings, connectors, environment);
  }

  static StreamExecutionEnvironment onThisCluster(PipelineSettings settings, String savepoint) {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(flinkConfiguration(settings, savepoint));
    if (settings.get(JobConfig.CHECKPOINT_INTERVAL).isZero()) {
      // Where none is set, the cluster's own interval holds, and Flink refuses 0 as one.
      environment.getCheckpointConfig().disableCheckpointing();
    }
    return environment;
  }

  /** Whether this process is the JobManager of the job, and not a client beside the cluster. */
  private static boolean isJobManager(StreamExecutionEnvironment environment) {
    return "embedded".equals(environment.getConfiguration().get(DeploymentOptions.TARGET));
  }

  private static void requireFit(PipelineSettings settings) {
    LibraryBundle.require(
        JobLauncher.class.getClassLoader(), StreamExecutionEnvironment.class.getClassLoader());
    StateDirectories.requireWritable(
        JobConfig.CHECKPOINT_DIRECTORY.key(), settings.checkpointDirectory());
  }

  /** Asks the page of this very process, which knows its TaskManagers. */
  private static void requireCluster(PipelineSettings settings, ReadableConfig flink)
      throws InterruptedException {
    URI page = pageAt(flink.get(RestOptions.PORT));
    HttpClient client = HttpClient.newBuilder().connectTimeout(REST_TIMEOUT).build();
    FreeSlots.Flink answers = path -> get(client, page.resolve(path));
    try {
      new FreeSlots(answers).requireAsTheyCome(settings, REGISTRATION);
      NetworkBuffers.warning(settings, answers).ifPresent(LOG::warn);
    } catch (IOException | MalformedMessageException e) {
      // As where it speaks TLS: then Flink waits for slots by itself.
      LOG.warn("Slots and network buffers were not looked at: {}", e.toString());
    }
  }

  private static URI pageAt(int port) {
    return URI.create("http://" + LOOPBACK + ":" + port);
  }

  private static JsonNode get(HttpClient client, URI page)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page).timeout(REST_TIMEOUT).build();
    return JsonMessages.read(
        client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body(), JsonNode.class);
  }

  static RunningJob start(
      PipelineSettings settings, JobConnectors connectors, StreamExecutionEnvironment environment)
      throws Exception {
    new QuadstreamJob(settings.withAbsolutePaths(), connectors).addTo(environment);
    return new RunningJob(environment.executeAsync());
  }

  /** Flink's settings that belong to the job and not to the cluster. */
  public static Configuration flinkConfiguration(PipelineSettings settings, String savepoint) {
    Configuration flink = new Configuration();
    // By which Flink's page and the alerts tell pipelines apart.
    flink.set(PipelineOptions.NAME, settings.kafkaName());
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    // Records are immutable, so operators of a chain may share them.
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.MAX_PARALLELISM, ReplicaKeys.MAX_PARALLELISM);
    Duration interval = settings.get(JobConfig.CHECKPOINT_INTERVAL);
    if (!interval.isZero()) {
      flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
      flink.set(
          CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
      flink.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, CHECKPOINT_TIMEOUT);
      flink.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
      flink.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, RETAINED_CHECKPOINTS);
    }
    flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, RememberedStorageFactory.class.getName());
    flink.set(RememberedStorage.PIPELINE, settings.kafkaName());
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        Directories.asUri(settings.get(JobConfig.CHECKPOINT_DIRECTORY)));
    if (savepoint != null) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    return flink;
  }
}
