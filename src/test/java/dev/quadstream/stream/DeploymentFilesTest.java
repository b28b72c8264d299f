package dev.quadstream.stream;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.client.deployment.application.ApplicationConfiguration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What can be said of the deployment files without a container engine. */
class DeploymentFilesTest {

  private static final int CORES = 2;
  private static final MemorySize MACHINE = MemorySize.ofMebiBytes(6 * 1024);
  private static final String MODELS = "/opt/quadstream/models";
  private static final Set<String> FOR_THE_START_SCRIPT = Set.of("QUADSTREAM_JVM_OPTIONS");

  private final Configuration flink = GlobalConfiguration.loadConfiguration("flink-conf");
  private final Map<String, Object> compose = yaml("docker-compose.yml");
  private final Map<String, Object> deployment = yaml("deploy/kubernetes/flinkdeployment.yaml");
  private final String dockerfile = text("Dockerfile");

  // flink-conf/config.yaml

  @Test
  void everyKeyOfTheFlinkConfigurationIsOneThatFlinkKnows() throws IllegalAccessException {
    Set<String> known = new HashSet<>();
    for (Class<?> options : flinkOptionClasses()) {
      for (var field : options.getFields()) {
        if (field.getType() == ConfigOption.class) {
          known.add(((ConfigOption<?>) field.get(null)).key());
        }
      }
    }

    assertThat(flink.keySet())
        .isNotEmpty()
        .allSatisfy(
            key -> {
              if (!key.startsWith("metrics.reporter.prometheus.")) {
                assertThat(known).contains(key);
              }
            });
  }

  @Test
  void javaCppMayTakeWhatFlinkLeavesItAndTheProcessWhatItIsGiven() {
    String options = flink.get(CoreOptions.FLINK_TM_JVM_OPTIONS);

    assertThat(sizeOf("org.bytedeco.javacpp.maxbytes", options))
        .isEqualTo(flink.get(TaskManagerOptions.TASK_OFF_HEAP_MEMORY));
    assertThat(sizeOf("org.bytedeco.javacpp.maxphysicalbytes", options))
        .isEqualTo(flink.get(TaskManagerOptions.TOTAL_PROCESS_MEMORY));
    assertThat(flink.get(CoreOptions.FLINK_JVM_OPTIONS))
        .as("Flink's own, which its code has no default for")
        .contains("--add-opens=java.base/java.lang=ALL-UNNAMED")
        .doesNotContain("javacpp");
  }

  @Test
  void flinkCanSplitTheMemoryAndLeavesEnoughForTheHeap() {
    TaskExecutorProcessSpec taskManager = TaskExecutorProcessUtils.processSpecFromConfig(flink);

    assertThat(taskManager.getTaskHeapSize()).isEqualTo(MemorySize.ofMebiBytes(640));
    assertThat(taskManager.getManagedMemorySize()).isEqualTo(MemorySize.ZERO);
    assertThat(
            JobManagerProcessUtils.processSpecFromConfig(flink)
                .getJvmHeapMemorySize()
                .getMebiBytes())
        .isGreaterThanOrEqualTo(256);
  }

  @Test
  void everyPackageOfTheNativesComesFromFlinksOwnClassPath() {
    assertThat(flink.get(CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS_ADDITIONAL))
        .contains("org.nd4j", "org.deeplearning4j", "org.datavec", "org.bytedeco");
  }

  @Test
  void nothingListensOnOtherInterfacesUnlessTold() {
    assertThat(flink.toMap())
        .containsEntry("jobmanager.bind-host", "localhost")
        .containsEntry("taskmanager.bind-host", "localhost")
        .containsEntry("rest.bind-address", "localhost");
  }

  // Dockerfile

  @Test
  void theImageIsBuiltFromTheFlinkThatTheJobIsTestedWithAndNotRunAsRoot() {
    List<String> bases =
        Pattern.compile("(?m)^FROM (\\S+)")
            .matcher(dockerfile)
            .results()
            .map(m -> m.group(1))
            .toList();

    assertThat(bases).hasSize(2).allMatch(DeploymentFilesTest::isPinned);
    assertThat(bases.get(1)).isEqualTo("flink:" + EnvironmentInformation.getVersion() + "-java17");
    assertThat(dockerfile.lastIndexOf("USER flink"))
        .isGreaterThan(dockerfile.lastIndexOf("USER root"));
  }

  @Test
  void theImageSetsTheEnvironmentThatTheNativesNeed() {
    int threads = Integer.parseInt(environmentOfTheImage("OMP_NUM_THREADS"));

    assertThat(threads * flink.get(TaskManagerOptions.NUM_TASK_SLOTS)).isBetween(1, CORES);
    assertThat(environmentOfTheImage("OMP_WAIT_POLICY")).isEqualTo("PASSIVE");
    assertThat(environmentOfTheImage("MALLOC_MMAP_THRESHOLD_")).isEqualTo("1000000");
    assertThat(environmentOfTheImage("DISABLE_JEMALLOC"))
        .as("the threshold is glibc's")
        .isEqualTo("true");
  }

  @Test
  void theImageHasTheDirectoriesThatAreMounted() {
    for (String directory : List.of("checkpoints", "savepoints", "models")) {
      assertThat(dockerfile).contains("/opt/quadstream/" + directory);
    }
  }

  // docker-compose.yml

  @Test
  void everyImageIsPinnedAndKafkaIsTheOneThatTheClientsAreOf() {
    services()
        .forEach(
            (name, service) ->
                assertThat((String) service.get("image")).matches(DeploymentFilesTest::isPinned));
    assertThat(services().get("kafka"))
        .containsEntry("image", "apache/kafka:" + AppInfoParser.getVersion());
  }

  @Test
  void aServiceWaitsOnlyForServicesThatCanBeWaitedFor() {
    services()
        .forEach(
            (name, service) ->
                map(service.getOrDefault("depends_on", Map.of()))
                    .forEach(
                        (needed, how) -> {
                          Map<String, Object> other = services().get(needed);
                          assertThat(other).as("%s needs %s", name, needed).isNotNull();
                          if (map(how).get("condition").equals("service_healthy")) {
                            assertThat(other).as(needed).containsKey("healthcheck");
                          } else {
                            assertThat(other)
                                .as("%s must end", needed)
                                .doesNotContainKey("restart");
                          }
                        }));
  }

  @Test
  void everyVolumeIsDeclaredAndUsedAndEveryMountedPathIsThere() {
    Set<String> used = new HashSet<>();
    services()
        .forEach(
            (name, service) ->
                strings(service.getOrDefault("volumes", List.of()))
                    .forEach(
                        mount -> {
                          String source = mount.substring(0, mount.indexOf(':'));
                          if (source.startsWith("./")) {
                            assertThat(Path.of(source)).as(name).exists();
                          } else {
                            used.add(source);
                          }
                        }));

    assertThat(used).isEqualTo(map(compose.get("volumes")).keySet());
  }

  @Test
  void portsAreBoundToTheLoopbackInterface() {
    List<String> ports = new ArrayList<>();
    services()
        .values()
        .forEach(service -> ports.addAll(strings(service.getOrDefault("ports", List.of()))));

    assertThat(ports).hasSize(4).allMatch(port -> port.startsWith("127.0.0.1:"));
  }

  @Test
  void theWholeFitsTwoCoresAndSixGigabytes() {
    long bytes = 0;
    for (Map<String, Object> service : services().values()) {
      bytes += MemorySize.parse((String) service.get("mem_limit")).getBytes();
      assertThat(((Number) service.get("cpus")).doubleValue()).isBetween(0.1, (double) CORES);
    }

    assertThat(new MemorySize(bytes)).isLessThanOrEqualTo(MACHINE);
    assertThat(memoryLimit("taskmanager"))
        .isGreaterThanOrEqualTo(flink.get(TaskManagerOptions.TOTAL_PROCESS_MEMORY));
    assertThat(memoryLimit("jobmanager"))
        .isGreaterThanOrEqualTo(
            MemorySize.parse(flink.toMap().get("jobmanager.memory.process.size")));
  }

  @Test
  void everyVariableThatSetsAnOptionStandsForOne() {
    Set<String> variables =
        QuadstreamOptions.ALL.stream()
            .map(ConfigOption::key)
            .map(key -> "QUADSTREAM_" + key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"))
            .collect(toSet());
    variables.addAll(FOR_THE_START_SCRIPT);

    services()
        .forEach(
            (name, service) ->
                map(service.getOrDefault("environment", Map.of())).keySet().stream()
                    .filter(variable -> variable.startsWith("QUADSTREAM_"))
                    .forEach(variable -> assertThat(variables).as(name).contains(variable)));
  }

  @Test
  void theOverridesOfTheContainersAreKeysOfTheFlinkConfiguration() {
    String properties =
        (String) map(services().get("taskmanager").get("environment")).get("FLINK_PROPERTIES");

    assertThat(properties.lines())
        .isNotEmpty()
        .allSatisfy(
            line -> assertThat(flink.keySet()).contains(line.substring(0, line.indexOf(':'))));
  }

  @Test
  void containersReachKafkaUnderTheNameThatItAdvertises() {
    Map<String, Object> kafka = map(services().get("kafka").get("environment"));
    assertThat((String) kafka.get("KAFKA_ADVERTISED_LISTENERS")).contains("INSIDE://kafka:19092");
    assertThat(map(services().get("producer").get("environment")))
        .containsEntry("QUADSTREAM_KAFKA_BOOTSTRAP_SERVERS", "kafka:19092");
    assertThat(jobOfCompose().get(QuadstreamOptions.KAFKA_BOOTSTRAP_SERVERS))
        .isEqualTo("kafka:19092");
  }

  // The job's own options against Flink's

  @Test
  void theJobKeepsItsCheckpointsWhereFlinkDoesAndItsModelsOnAVolume() {
    for (PipelineSettings job : List.of(jobOfCompose(), jobOfKubernetes())) {
      assertThat(job.get(QuadstreamOptions.CHECKPOINT_DIRECTORY))
          .isEqualTo(flink.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY));
      assertThat(job.registryDirectory().getPath()).isEqualTo(MODELS);
      assertThat(job.get(QuadstreamOptions.CHECKPOINT_INTERVAL))
          .isEqualTo(flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
    }
    assertThat(strings(services().get("taskmanager").get("volumes"))).contains("models:" + MODELS);
  }

  @Test
  void theMainClassIsThere() {
    List<String> command = strings(services().get("jobmanager").get("command"));

    assertThat(command.get(0)).isEqualTo("standalone-job");
    assertThat(command).containsSequence("--job-classname", ApplicationMain.class.getName());
    assertThat(map(specification().get("job")))
        .containsEntry("entryClass", ApplicationMain.class.getName());
    assertThat(dockerfile)
        .contains(
            ((String) map(specification().get("job")).get("jarURI"))
                .substring("local://".length()));
    assertThat(ApplicationConfiguration.APPLICATION_MAIN_CLASS.key())
        .as("what the operator makes of entryClass")
        .isEqualTo("$internal.application.main");
  }

  // deploy/kubernetes

  @Test
  void kubernetesRunsWithTheSameFlinkConfiguration() {
    Map<String, String> expected = new TreeMap<>(flink.toMap());
    expected
        .keySet()
        .removeIf(
            key ->
                key.matches(
                    "jobmanager\\.(rpc|bind-host|memory).*|rest\\..*|blob\\..*|parallelism\\.default"
                        + "|taskmanager\\.(host|bind-host|memory\\.process\\.size)"));
    Map<String, Object> actual = new TreeMap<>(map(specification().get("flinkConfiguration")));
    actual.keySet().removeIf(key -> key.startsWith("high-availability."));

    Map<String, String> asText = new TreeMap<>();
    actual.forEach((key, value) -> asText.put(key, ((String) value).trim()));
    assertThat(asText).isEqualTo(expected);
  }

  @Test
  void kubernetesGivesThePodsTheMemoryThatFlinkIsConfiguredFor() {
    Map<String, String> memory = flink.toMap();
    assertThat(resource("taskManager")).isEqualTo(memory.get("taskmanager.memory.process.size"));
    assertThat(resource("jobManager")).isEqualTo(memory.get("jobmanager.memory.process.size"));
  }

  @Test
  void kubernetesUpgradesBySavepoint() {
    assertThat(deployment)
        .containsEntry("apiVersion", "flink.apache.org/v1beta1")
        .containsEntry("kind", "FlinkDeployment");
    String flinkVersion = EnvironmentInformation.getVersion();
    String minor = flinkVersion.substring(0, flinkVersion.lastIndexOf('.'));
    assertThat(specification())
        .containsEntry("flinkVersion", "v" + minor.replace('.', '_'))
        .containsEntry("image", services().get("jobmanager").get("image"));
    assertThat(map(specification().get("job"))).containsEntry("upgradeMode", "savepoint");
  }

  // deploy/prometheus, deploy/grafana

  @Test
  void prometheusAsksFlinksServicesOnTheReportersPort() {
    String targets = text("deploy/prometheus/prometheus.yml");
    String port = flink.toMap().get("metrics.reporter.prometheus.port");

    for (String service : List.of("jobmanager", "taskmanager")) {
      assertThat(services()).containsKey(service);
      assertThat(targets).contains('"' + service + ":" + port + '"');
    }
    assertThat(text("deploy/prometheus/prometheus.yml")).contains("alerts.yml");
    assertThat(Path.of("deploy/prometheus/alerts.yml")).exists();
  }

  @Test
  void grafanaFindsItsDashboardAndPrometheus() {
    String dashboards = text("deploy/grafana/provisioning/dashboards/quadstream.yml");

    assertThat(strings(services().get("grafana").get("volumes")))
        .anyMatch(
            mount -> mount.startsWith("./deploy/grafana/dashboards:/var/lib/grafana/dashboards"));
    assertThat(dashboards).contains("path: /var/lib/grafana/dashboards");
    assertThat(text("deploy/grafana/provisioning/datasources/prometheus.yml"))
        .contains("url: http://prometheus:9090", "uid: prometheus");
    assertThat(services()).containsKey("prometheus");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"deploy/grafana/dashboards/quadstream.json", "deploy/prometheus/alerts.yml"})
  void ourOwnMetricsAreThoseThatTheOperatorsRegister(String file) {
    Set<String> registered = new HashSet<>();
    for (String source :
        List.of("DecodeFunction", "AssembleMetrics", "TrainMetrics", "PublishFunction")) {
      Pattern.compile("(?:counter|gauge)\\((?:group, )?\"(\\w+)\"")
          .matcher(text("src/main/java/dev/quadstream/stream/" + source + ".java"))
          .results()
          .forEach(match -> registered.add(match.group(1)));
    }
    registered.add("pendingRecords");

    List<String> shown =
        Pattern.compile("flink_taskmanager_job_task_operator_(?:reason_)?(\\w+)")
            .matcher(text(file))
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(shown).isNotEmpty().allSatisfy(name -> assertThat(registered).contains(name));
  }

  private PipelineSettings jobOfCompose() {
    List<String> command = strings(services().get("jobmanager").get("command"));
    return job(command.subList(command.indexOf("--set"), command.size()));
  }

  private PipelineSettings jobOfKubernetes() {
    return job(strings(map(specification().get("job")).get("args")));
  }

  private static PipelineSettings job(List<String> arguments) {
    return ApplicationMain.settings(arguments.toArray(String[]::new), Map.of());
  }

  private Map<String, Object> specification() {
    return map(deployment.get("spec"));
  }

  private String resource(String component) {
    return (String) map(map(specification().get(component)).get("resource")).get("memory");
  }

  private MemorySize memoryLimit(String service) {
    return MemorySize.parse((String) services().get(service).get("mem_limit"));
  }

  private Map<String, Map<String, Object>> services() {
    Map<String, Map<String, Object>> services = new HashMap<>();
    map(compose.get("services")).forEach((name, service) -> services.put(name, map(service)));
    return services;
  }

  private String environmentOfTheImage(String name) {
    return Pattern.compile("\\b" + name + "=(\\S+)")
        .matcher(dockerfile)
        .results()
        .map(match -> match.group(1))
        .findFirst()
        .orElseThrow();
  }

  private static MemorySize sizeOf(String property, String options) {
    return Pattern.compile("-D" + Pattern.quote(property) + "=(\\w+)")
        .matcher(options)
        .results()
        .map(match -> MemorySize.parse(match.group(1)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isPinned(String image) {
    return image.matches("[^:]+:v?\\d+\\.\\d+\\.\\d+.*");
  }

  private static List<Class<?>> flinkOptionClasses() {
    return List.of(
        org.apache.flink.configuration.BlobServerOptions.class,
        CheckpointingOptions.class,
        CoreOptions.class,
        org.apache.flink.configuration.JobManagerOptions.class,
        org.apache.flink.configuration.MetricOptions.class,
        org.apache.flink.configuration.RestOptions.class,
        org.apache.flink.configuration.RestartStrategyOptions.class,
        org.apache.flink.configuration.StateBackendOptions.class,
        TaskManagerOptions.class);
  }

  @SuppressWarnings("unchecked") // YAML's maps have text for keys here.
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  private static List<String> strings(Object value) {
    return ((List<?>) value).stream().map(String::valueOf).toList();
  }

  private static Map<String, Object> yaml(String file) {
    return new Yaml().load(text(file));
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(
          "Not readable from the project's directory: " + file, e);
    }
  }
}
