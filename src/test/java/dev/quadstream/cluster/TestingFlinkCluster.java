package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A JobManager and TaskManagers, each a JVM of its own, configured by flink-conf/config.yaml and
 * started with the options and memory that Flink's own scripts work out from it. Overridden are
 * only ports, directories, and the pauses after which a dead process is noticed and a job started
 * again. Not thread-safe.
 */
public final class TestingFlinkCluster implements AutoCloseable {

  /** As the Dockerfile sets it, and Kubernetes for the service of the REST interface. */
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", "1000000",
          "MALLOC_ARENA_MAX", "2",
          "QUADSTREAM_REST_SERVICE_HOST", "10.96.31.7",
          "QUADSTREAM_REST_PORT", "tcp://10.96.31.7:8081");

  private static final List<String> SESSION =
      List.of(StandaloneSessionClusterEntrypoint.class.getName());
  private static final String CONFIGURATION_DIRECTORY = "flink-conf";
  private static final String JOB_MANAGER = "jobmanager";
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int LAST_LINES = 40;

  private final Path directory;
  private final String classPath;
  private final List<String> furtherJvmOptions;
  private final List<String> jobManagerMain;
  private final Configuration configuration;
  private final Map<String, String> overrides;
  private final InetSocketAddress rest;
  private final int jobManagerMetricsPort = FreePorts.any();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Thread lastResort = new Thread(this::killAll);

  // Oldest first. Concurrent, since the shutdown hook reads it.
  private final List<TaskManager> taskManagers = new CopyOnWriteArrayList<>();

  private Process jobManager;
  private int taskManagersStarted;

  private record TaskManager(String id, Process process, int metricsPort) {}

  /** What the JobManager answers at {@code /taskmanagers}. */
  private record Registered(List<Slots> taskmanagers) {}

  /** What the JobManager answers at {@code /jobs}. */
  private record Jobs(List<Job> jobs) {}

  private record Job(String id) {}

  private record Requested(@JsonProperty("request-id") String requestId) {}

  private record Slots(String id, int freeSlots) {}

  /** What a process runs with. */
  private record Installation(
      String name, String classPath, Path workingDirectory, Map<String, String> environment) {}

  private TestingFlinkCluster(
      Path directory,
      String classPath,
      List<String> jobManagerMain,
      List<String> furtherJvmOptions) {
    this.directory = directory;
    this.classPath = classPath;
    this.jobManagerMain = jobManagerMain;
    this.furtherJvmOptions = furtherJvmOptions;
    this.configuration = GlobalConfiguration.loadConfiguration(CONFIGURATION_DIRECTORY);
    int restPort = FreePorts.any();
    this.rest = new InetSocketAddress("localhost", restPort);
    this.overrides = new LinkedHashMap<>();
    overrides.put("jobmanager.rpc.port", Integer.toString(FreePorts.any()));
    overrides.put("rest.port", Integer.toString(restPort));
    overrides.put("blob.server.port", "0");
    overrides.put("io.tmp.dirs", directory.resolve("tmp").toString());
    overrides.put(
        "execution.checkpointing.dir", directory.resolve("checkpoints").toUri().toString());
    overrides.put(
        "execution.checkpointing.savepoint-dir",
        directory.resolve("savepoints").toUri().toString());
    overrides.put("heartbeat.interval", "500");
    overrides.put("restart-strategy.exponential-delay.initial-backoff", "200 ms");
    overrides.put("restart-strategy.exponential-delay.max-backoff", "500 ms");
  }

  /**
   * Starts both processes with this JVM's class path and returns once the TaskManager is
   * registered. Without the optimising compiler: for TaskManagers that live for seconds it took 80
   * of the 200 s of processor time of a run with ten kills.
   *
   * @param directory for logs and temporary files
   */
  public static TestingFlinkCluster startShortLived(Path directory) {
    return startShortLived(directory, System.getProperty("java.class.path"));
  }

  /**
   * The same with another class path.
   *
   * @param classPath of both processes, as {@code java -cp} takes it
   */
  static TestingFlinkCluster startShortLived(Path directory, String classPath) {
    return start(directory, classPath, SESSION, List.of("-XX:TieredStopAtLevel=1"));
  }

  /**
   * The same with the JVM options of a cluster alone and another class path.
   *
   * @param classPath of both processes, as {@code java -cp} takes it
   */
  public static TestingFlinkCluster start(Path directory, String classPath) {
    return start(directory, classPath, SESSION, List.of());
  }

  /**
   * The same in application mode: the JobManager runs one job, from the bundle's jar.
   *
   * @param arguments of the job
   */
  static TestingFlinkCluster startApplication(
      Path directory, String classPath, Path jobJar, List<String> arguments) {
    List<String> main = new ArrayList<>();
    main.add(TestingApplicationCluster.class.getName());
    main.add(jobJar.toString());
    main.addAll(arguments);
    TestingFlinkCluster cluster = new TestingFlinkCluster(directory, classPath, main, List.of());
    // That a JobManager has died, a TaskManager learns by nothing else.
    cluster.overrides.put("heartbeat.timeout", "15 s");
    return cluster.started();
  }

  private static TestingFlinkCluster start(
      Path directory,
      String classPath,
      List<String> jobManagerMain,
      List<String> furtherJvmOptions) {
    return new TestingFlinkCluster(directory, classPath, jobManagerMain, furtherJvmOptions)
        .started();
  }

  private TestingFlinkCluster started() {
    Runtime.getRuntime().addShutdownHook(lastResort);
    try {
      Files.createDirectories(directory.resolve("tmp"));
      startJobManager();
      startTaskManager();
      return this;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Where the cluster takes jobs. */
  public InetSocketAddress address() {
    return rest;
  }

  /** The process id of the JobManager. */
  long jobManagerPid() {
    return jobManager.pid();
  }

  /** The process id of the oldest TaskManager. */
  public long taskManagerPid() {
    return taskManagers.get(0).process().pid();
  }

  /** What the Prometheus reporter of the oldest TaskManager shows now. */
  public String taskManagerMetrics() {
    return get(URI.create("http://localhost:" + taskManagers.get(0).metricsPort() + "/metrics"));
  }

  /** What the JobManager's Prometheus reporter shows now. */
  public String jobManagerMetrics() {
    return get(URI.create("http://localhost:" + jobManagerMetricsPort + "/metrics"));
  }

  /** Cancels a job and returns once it has ended. */
  public void cancel(String job) {
    URI address = URI.create("http://localhost:" + rest.getPort() + "/jobs/" + job);
    send(
        HttpRequest.newBuilder(address)
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .timeout(PATIENCE)
            .build());
    await("end of job " + job)
        .atMost(PATIENCE)
        .until(() -> get("/jobs/" + job).contains("\"state\":\"CANCELED\""));
  }

  /** An answer of Flink's REST API, such as {@code /jobs}. */
  public String get(String path) {
    return get(URI.create("http://localhost:" + rest.getPort() + path));
  }

  /** Starts a JobManager and returns once it answers. */
  void startJobManager() throws IOException {
    launchJobManager();
    await("JobManager, see " + directory)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(() -> get("/overview").contains("\"taskmanagers\""));
  }

  private void launchJobManager() throws IOException {
    JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
    jobManager =
        process(
            new Installation(JOB_MANAGER, classPath, directory, ENVIRONMENT),
            jobManagerMain,
            JobManagerProcessUtils.generateJvmParametersStr(memory, configuration),
            configuration.get(CoreOptions.FLINK_JM_JVM_OPTIONS),
            JobManagerProcessUtils.generateDynamicConfigsStr(memory),
            jobManagerMetricsPort);
  }

  /** Starts a TaskManager and returns once the JobManager knows it. */
  public void startTaskManager() throws IOException {
    launchTaskManager();
    awaitTaskManagers();
  }

  /** Starts a TaskManager and returns at once. */
  public void launchTaskManager() throws IOException {
    launchTaskManager(classPath, directory, ENVIRONMENT);
  }

  /**
   * Starts a TaskManager that is set up otherwise, and returns once the JobManager knows it. Those
   * that were killed are forgotten by then, so that no job is given to one of them.
   *
   * @param taskManagerClassPath as {@code java -cp} takes it
   * @param workingDirectory of the process
   * @param environment its variables, over those of this process
   */
  void startTaskManager(
      String taskManagerClassPath, Path workingDirectory, Map<String, String> environment)
      throws IOException {
    launchTaskManager(taskManagerClassPath, workingDirectory, environment);
    awaitTaskManagers();
    await("end of those that were killed, see " + directory)
        .atMost(PATIENCE)
        .until(() -> slots().size() == taskManagers.size());
  }

  private void launchTaskManager(
      String taskManagerClassPath, Path workingDirectory, Map<String, String> environment)
      throws IOException {
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    taskManagersStarted++;
    String id = "taskmanager-" + taskManagersStarted;
    int metricsPort = FreePorts.any();
    Process process =
        process(
            new Installation(id, taskManagerClassPath, workingDirectory, environment),
            List.of(TaskManagerRunner.class.getName()),
            ProcessMemoryUtils.generateJvmParametersStr(memory),
            configuration.get(CoreOptions.FLINK_TM_JVM_OPTIONS),
            TaskExecutorProcessUtils.generateDynamicConfigsStr(memory),
            metricsPort);
    taskManagers.add(new TaskManager(id, process, metricsPort));
  }

  /**
   * Returns once the JobManager knows every TaskManager that was started and not killed.
   *
   * @throws AssertionError if one has ended by itself, or is not known in time
   */
  public void awaitTaskManagers() {
    awaitWhileAllRun(
        "TaskManagers to be known",
        () -> known().containsAll(taskManagers.stream().map(TaskManager::id).toList()));
  }

  /**
   * Returns once a condition is met.
   *
   * @param alias what is awaited
   * @throws AssertionError if it is not in time, or a process of the cluster has ended by itself;
   *     it says how each is
   */
  void awaitWhileAllRun(String alias, Callable<Boolean> condition) {
    try {
      await(alias)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                failIfOneHasEnded();
                return condition.call();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s Logs in %s.\n%s".formatted(e.getMessage(), directory, state()), e);
    }
  }

  /** Fails if a process that nobody killed has ended, once for each TaskManager. */
  void failIfOneHasEnded() {
    List<TaskManager> ended =
        taskManagers.stream().filter(taskManager -> !taskManager.process().isAlive()).toList();
    if (ended.isEmpty() && jobManager.isAlive()) {
      return;
    }
    String state = state();
    taskManagers.removeAll(ended);
    throw new AssertionError(
        "A process has ended that nobody killed, logs in %s.\n%s".formatted(directory, state));
  }

  private List<String> known() {
    return slots().stream().map(Slots::id).toList();
  }

  /** The oldest TaskManager that has a task, or the oldest of all if none has. */
  public String busyTaskManager() {
    List<String> busy =
        slots().stream().filter(slots -> slots.freeSlots() == 0).map(Slots::id).toList();
    return taskManagers.stream()
        .map(TaskManager::id)
        .filter(busy::contains)
        .findFirst()
        .orElse(taskManagers.get(0).id());
  }

  /** The TaskManager that was started last of those that have not been killed. */
  String newestTaskManager() {
    return taskManagers.get(taskManagers.size() - 1).id();
  }

  /**
   * Stops the application's job with a savepoint.
   *
   * @param savepoints where it goes
   * @return the exit code of the JobManager, which ends with its job
   */
  int stopTheJob(Path savepoints) throws InterruptedException {
    String job = JsonMessages.read(get("/jobs").getBytes(UTF_8), Jobs.class).jobs().get(0).id();
    URI stop = URI.create("http://localhost:%d/jobs/%s/stop".formatted(rest.getPort(), job));
    String request =
        "{\"targetDirectory\": \"%s\", \"drain\": false}".formatted(savepoints.toUri());
    String answer =
        send(
            HttpRequest.newBuilder(stop)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request))
                .timeout(PATIENCE)
                .build());
    String id = JsonMessages.read(answer.getBytes(UTF_8), Requested.class).requestId();
    // It ends only when somebody has taken the answer, or minutes later.
    await("savepoint, see " + directory)
        .atMost(PATIENCE)
        .until(() -> get("/jobs/%s/savepoints/%s".formatted(job, id)).contains("COMPLETED"));
    return jobManager.waitFor();
  }

  /** Starts a JobManager whose job is expected to be refused, and returns its exit code. */
  int exitCodeOfJobManager() throws IOException, InterruptedException {
    launchJobManager();
    return awaitEndOfJobManager();
  }

  /** The exit code of the JobManager, whose job is expected to be refused. */
  int awaitEndOfJobManager() throws InterruptedException {
    return jobManager.waitFor();
  }

  /** Ends the JobManager with SIGKILL, as a crash would, and waits for its end. */
  void killJobManager() throws InterruptedException {
    jobManager.destroyForcibly().waitFor();
  }

  /** Ends the {@link #busyTaskManager} with SIGKILL, as a crash would, and waits for its end. */
  public void killTaskManager() throws InterruptedException {
    killTaskManager(busyTaskManager());
  }

  /** Ends a TaskManager with SIGKILL, as a crash would, and waits for its end. */
  public void killTaskManager(String id) throws InterruptedException {
    TaskManager victim = taskManager(id);
    victim.process().destroyForcibly().waitFor();
    taskManagers.remove(victim);
  }

  /** Stops a TaskManager by SIGSTOP, as a machine that hangs would. */
  void pauseTaskManager(String id) throws IOException, InterruptedException {
    signal("STOP", id);
  }

  /** Lets a TaskManager that was paused go on. */
  void resumeTaskManager(String id) throws IOException, InterruptedException {
    signal("CONT", id);
  }

  private void signal(String signal, String id) throws IOException, InterruptedException {
    TestingDistribution.run(
        List.of("kill", "-" + signal, Long.toString(taskManager(id).process().pid())));
  }

  private TaskManager taskManager(String id) {
    return taskManagers.stream()
        .filter(taskManager -> taskManager.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** How many TaskManagers were started and not killed. */
  public int taskManagers() {
    return taskManagers.size();
  }

  private List<Slots> slots() {
    return JsonMessages.read(get("/taskmanagers").getBytes(UTF_8), Registered.class).taskmanagers();
  }

  /** How the JobManager is and each TaskManager that was started and not killed. */
  String state() {
    return Stream.concat(
            Stream.of(state(JOB_MANAGER, jobManager)),
            taskManagers.stream().map(each -> state(each.id(), each.process())))
        .collect(Collectors.joining("\n"));
  }

  private String state(String name, Process process) {
    return "%s %s; its log ends:\n%s"
        .formatted(
            name,
            process.isAlive() ? "runs" : "has ended with " + process.exitValue(),
            endOfLog(name));
  }

  private String endOfLog(String process) {
    try {
      List<String> lines =
          Files.readAllLines(directory.resolve(process + ".log")).stream()
              .filter(line -> !line.startsWith("\t"))
              .toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    killAll();
    Runtime.getRuntime().removeShutdownHook(lastResort);
  }

  private void killAll() {
    taskManagers.forEach(taskManager -> taskManager.process().destroyForcibly().onExit().join());
    if (jobManager != null) {
      jobManager.destroyForcibly().onExit().join();
    }
  }

  private Process process(
      Installation installation,
      List<String> main,
      String memory,
      String options,
      String dynamic,
      int reporterPort)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(words(memory));
    command.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    command.addAll(words(options));
    command.addAll(furtherJvmOptions);
    Path here = Path.of("").toAbsolutePath();
    Path conf = here.resolve(CONFIGURATION_DIRECTORY);
    command.add("-Dlog4j2.configurationFile=" + conf.resolve("log4j-console.properties"));
    command.add("-Dlog.file=" + directory.resolve(installation.name() + "-page.log"));
    command.addAll(List.of("-cp", installation.classPath(), main.get(0)));
    command.addAll(List.of("--configDir", conf.toString()));
    command.addAll(words(dynamic));
    overrides.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    command.addAll(List.of("-D", "metrics.reporter.prometheus.port=" + reporterPort));
    command.addAll(List.of("-D", "taskmanager.resource-id=" + installation.name()));
    command.addAll(main.subList(1, main.size()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(installation.environment());
    return builder
        .directory(installation.workingDirectory().toFile())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(
                directory.resolve(installation.name() + ".log").toFile()))
        .start();
  }

  private String get(URI address) {
    return send(HttpRequest.newBuilder(address).timeout(PATIENCE).build());
  }

  private String send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while asking " + request.uri(), e);
    }
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.trim().split("\\s+"));
  }
}
