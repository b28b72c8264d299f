package dev.quadstream.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.kafka.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/**
 * A JobManager and TaskManagers of one slot each, as processes of this class path, with
 * flink-conf/config.yaml and the memory that Flink's own scripts work out from it.
 */
final class FlinkProcesses implements AutoCloseable {

  private static final Path CONFIGURATION = Path.of("flink-conf").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Path directory;
  private final Configuration flink =
      GlobalConfiguration.loadConfiguration(CONFIGURATION.toString());
  private final int restPort = FreePorts.any();
  private final int rpcPort = FreePorts.any();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<TaskManager> taskManagers = new ArrayList<>();
  private Process jobManager;

  private record TaskManager(Process process, int metricsPort) {}

  private FlinkProcesses(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts all and returns once the JobManager knows every TaskManager.
   *
   * @param directory for logs and temporary files
   * @param processors that each TaskManager takes itself to have
   */
  static FlinkProcesses start(Path directory, int taskManagers, int processors) throws Exception {
    FlinkProcesses cluster = new FlinkProcesses(directory);
    try {
      Files.createDirectories(directory.resolve("tmp"));
      cluster.startJobManager();
      for (int i = 0; i < taskManagers; i++) {
        cluster.startTaskManager(i, processors);
      }
      cluster.awaitTaskManagers();
      return cluster;
    } catch (Exception e) {
      cluster.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress("localhost", restPort);
  }

  /** The processor time that all TaskManagers have taken so far. */
  Duration processorTime() {
    return taskManagers.stream()
        .map(each -> each.process().toHandle().info().totalCpuDuration().orElseThrow())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** The part of it that their JVMs' compilers have taken. */
  Duration compilerTime() throws IOException {
    long nanos = 0;
    for (TaskManager each : taskManagers) {
      try (Stream<Path> threads =
          Files.list(Path.of("/proc", Long.toString(each.process().pid()), "task"))) {
        for (Path thread : threads.toList()) {
          nanos += compilerNanos(thread);
        }
      }
    }
    return Duration.ofNanos(nanos);
  }

  private static long compilerNanos(Path thread) {
    try {
      // C1 CompilerThread0 and C2 CompilerThread0, of which Linux keeps 15 letters.
      return Files.readString(thread.resolve("comm")).matches("C[12] Compiler.*\\s*")
          ? Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0])
          : 0;
    } catch (IOException e) {
      // It has ended, so it was none of those: they are as many from the start to the end.
      return 0;
    }
  }

  /**
   * What a metric of a task shows now, summed over all its subtasks.
   *
   * @param name as Flink's Prometheus reporter names it
   * @param task the beginning of its name
   */
  double metric(String name, String task) throws IOException, InterruptedException {
    double sum = 0;
    for (TaskManager each : taskManagers) {
      sum +=
          ask(URI.create("http://localhost:" + each.metricsPort() + "/metrics"))
              .lines()
              .filter(line -> line.startsWith(name + "{"))
              .filter(line -> line.contains(",task_name=\"" + task))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .sum();
    }
    return sum;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return Worker.JSON.readTree(ask(URI.create("http://localhost:" + restPort + path)));
  }

  private String ask(URI address) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private void startJobManager() throws IOException {
    JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(flink);
    jobManager =
        process(
            "jobmanager",
            StandaloneSessionClusterEntrypoint.class,
            JobManagerProcessUtils.generateJvmParametersStr(memory, flink),
            flink.get(CoreOptions.FLINK_JM_JVM_OPTIONS),
            JobManagerProcessUtils.generateDynamicConfigsStr(memory),
            FreePorts.any());
  }

  private void startTaskManager(int number, int processors) throws IOException {
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(flink);
    int metricsPort = FreePorts.any();
    Process process =
        process(
            "taskmanager-" + number,
            TaskManagerRunner.class,
            ProcessMemoryUtils.generateJvmParametersStr(memory),
            flink.get(CoreOptions.FLINK_TM_JVM_OPTIONS)
                + " -XX:-UseDynamicNumberOfCompilerThreads -XX:ActiveProcessorCount="
                + processors,
            TaskExecutorProcessUtils.generateDynamicConfigsStr(memory),
            metricsPort);
    taskManagers.add(new TaskManager(process, metricsPort));
  }

  private Process process(
      String name, Class<?> main, String memory, String options, String dynamic, int metricsPort)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String words : List.of(memory, flink.get(CoreOptions.FLINK_JVM_OPTIONS), options)) {
      command.addAll(Arrays.asList(words.strip().split("\\s+")));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of("--configDir", CONFIGURATION.toString()));
    command.addAll(Arrays.asList(dynamic.strip().split("\\s+")));
    for (String override :
        List.of(
            "jobmanager.rpc.port=" + rpcPort,
            "rest.port=" + restPort,
            "rest.bind-port=" + restPort,
            "blob.server.port=0",
            "io.tmp.dirs=" + directory.resolve("tmp"),
            "execution.checkpointing.dir=" + directory.resolve("checkpoints").toUri(),
            "execution.checkpointing.savepoint-dir=" + directory.resolve("savepoints").toUri(),
            "metrics.reporter.prometheus.port=" + metricsPort,
            "taskmanager.resource-id=" + name)) {
      command.addAll(List.of("-D", override));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(Map.of("MALLOC_MMAP_THRESHOLD_", "1000000", "MALLOC_ARENA_MAX", "2"));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(name + ".log").toFile())
        .start();
  }

  private void awaitTaskManagers() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (registered() < taskManagers.size()) {
      boolean isWhole =
          jobManager.isAlive() && taskManagers.stream().allMatch(each -> each.process().isAlive());
      if (System.nanoTime() > deadline || !isWhole) {
        throw new BenchException("Flink did not come up, see " + directory + ".");
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private int registered() throws InterruptedException {
    try {
      return get("/taskmanagers").path("taskmanagers").size();
    } catch (IOException e) {
      // It does not answer yet.
      return 0;
    }
  }

  @Override
  public void close() {
    taskManagers.forEach(each -> each.process().destroyForcibly().onExit().join());
    if (jobManager != null) {
      jobManager.destroyForcibly().onExit().join();
    }
  }
}
