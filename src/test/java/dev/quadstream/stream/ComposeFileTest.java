package dev.quadstream.stream;

import static dev.quadstream.stream.TestingDeployment.map;
import static dev.quadstream.stream.TestingDeployment.services;
import static dev.quadstream.stream.TestingDeployment.strings;
import static dev.quadstream.stream.TestingDeployment.yaml;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.QuadstreamOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docker-compose.yml, as far as it can be told without a container engine. */
class ComposeFileTest {

  private static final int CORES = 2;

  /** The line of deploy/docker/job.sh that starts the job. */
  private static final String START = "\n\"$@\" &\n";

  private static final MemorySize MACHINE = MemorySize.ofMebiBytes(6 * 1024);
  private final Configuration flink = TestingDeployment.flink();
  private final Map<String, Object> compose = yaml("docker-compose.yml");

  @Test
  void everyImageIsPinnedAndKafkaIsTheOneThatTheClientsAreOf() {
    services()
        .forEach(
            (name, service) -> {
              if (!service.containsKey("build")) {
                assertThat((String) service.get("image")).matches(TestingDeployment::isPinned);
              }
            });
    assertThat((String) services().get("kafka").get("image"))
        .startsWith("apache/kafka:" + AppInfoParser.getVersion() + "@");
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

    assertThat(ports).hasSize(7).allMatch(port -> port.startsWith("127.0.0.1:"));
  }

  @Test
  void everyContainerHasNoPrivilegesAndALogThatEnds() {
    services()
        .forEach(
            (name, service) -> {
              assertThat(strings(service.get("cap_drop"))).as(name).containsExactly("ALL");
              assertThat(strings(service.get("security_opt")))
                  .as(name)
                  .containsExactly("no-new-privileges:true");
              assertThat(map(map(service.get("logging")).get("options")))
                  .as(name)
                  .containsKeys("max-size", "max-file");
            });
    for (String command : List.of("topics", "producer", "dashboard", "search")) {
      Map<String, Object> service = services().get(command);
      assertThat(service).containsEntry("read_only", true);
      assertThat(strings(service.get("tmpfs")))
          .as("where Kafka's codecs are loaded from")
          .allMatch(mount -> mount.startsWith("/tmp:exec"));
      assertThat((String) map(service.get("environment")).get("QUADSTREAM_LOG"))
          .startsWith("/tmp/");
    }
  }

  @Test
  void theWholeFitsTwoCoresAndSixGigabytes() {
    long bytes = 0;
    for (Map<String, Object> service : services().values()) {
      bytes += isOver(service) ? 0 : MemorySize.parse((String) service.get("mem_limit")).getBytes();
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
  void everyVariableIsKnownToTheProgramThatItIsGivenTo() {
    Set<String> options =
        QuadstreamOptions.ALL.stream()
            .map(ConfigOption::key)
            .map(key -> "QUADSTREAM_" + key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"))
            .collect(toSet());

    services()
        .forEach(
            (name, service) ->
                map(service.getOrDefault("environment", Map.of())).keySet().stream()
                    .filter(variable -> !options.contains(variable))
                    .forEach(
                        variable ->
                            assertThatCode(
                                    () ->
                                        new ConfigurationLoader(Map.of(variable, ""))
                                            .load(null, List.of()))
                                .as(name)
                                .doesNotThrowAnyException()));
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
    assertThat(TestingDeployment.jobOfCompose().get(KafkaConfig.BOOTSTRAP_SERVERS))
        .isEqualTo("kafka:19092");
  }

  private MemorySize memoryLimit(String service) {
    return MemorySize.parse((String) services().get(service).get("mem_limit"));
  }

  /**
   * Whether it ends before the services start that wait for its end, which are the large ones, or
   * is only started by name.
   */
  private static boolean isOver(Map<String, Object> service) {
    return !service.containsKey("restart") || service.containsKey("profiles");
  }

  @Test
  void theJobGoesOnFromItsNewestCheckpointAndStaysStoppedWhereItEndedForGood() {
    Map<String, Object> jobManager = services().get("jobmanager");

    assertThat(strings(jobManager.get("command"))).containsSequence("--from-savepoint", "latest");
    assertThat(jobManager).containsEntry("restart", "on-failure");
    String script = strings(jobManager.get("entrypoint")).get(0);
    assertThat(TestingDeployment.text("Dockerfile"))
        .contains("COPY --chmod=755 deploy/docker/job.sh /usr/local/bin/" + script);
    assertThat(strings(jobManager.get("volumes")))
        .as("a run that is there is told by its models, too")
        .contains("models:/opt/quadstream/models:ro");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "163, 0", "78, 0", "1, 1", "2, 2", "137, 137", "239, 239"})
  void theServiceFailsOnlyWhereItsJobIsToBeStartedAgain(int code, int expected) throws Exception {
    assertThat(run("deploy/docker/job.sh", "exit " + code).waitFor()).isEqualTo(expected);
  }

  @Test
  void aSignalReachesTheJobWhoseEndIsWaitedFor() throws Exception {
    assertThatASignalStopsTheJobOf("deploy/docker/job.sh");
  }

  /** Where the script comes to its next line only after the job has been told to stop. */
  @Test
  void soDoesOneThatComesAsTheJobStarts(@TempDir Path directory) throws Exception {
    String text = TestingDeployment.text("deploy/docker/job.sh");
    assertThat(text).containsOnlyOnce(START);
    Path slow =
        Files.writeString(directory.resolve("job.sh"), text.replace(START, START + "sleep 1\n"));
    assertThat(slow.toFile().setExecutable(true)).isTrue();

    assertThatASignalStopsTheJobOf(slow.toString());
  }

  private static void assertThatASignalStopsTheJobOf(String scriptFile) throws Exception {
    Process script =
        run(
            scriptFile,
            "trap 'echo stopping; exit 143' TERM; echo running; for i in {1..200}; do sleep 0.05; done");
    try (BufferedReader lines = script.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("running");
      script.toHandle().destroy();
      assertThat(lines.readLine()).isEqualTo("stopping");
    }
    assertThat(script.waitFor()).isEqualTo(143);
  }

  private static Process run(String scriptFile, String job) throws IOException {
    return new ProcessBuilder(scriptFile, "bash", "-c", job)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void theLivePageAsksForATokenAndReadsTheModelsOfTheJob() {
    Map<String, Object> dashboard = services().get("dashboard");

    assertThat(strings(dashboard.get("command"))).containsSequence("--bind", "0.0.0.0");
    assertThat(map(dashboard.get("environment")))
        .containsEntry("QUADSTREAM_DASHBOARD_TOKEN", "${QUADSTREAM_DASHBOARD_TOKEN:-}")
        .containsEntry(
            "QUADSTREAM_REGISTRY_DIRECTORY",
            TestingDeployment.jobOfCompose().get(JobConfig.REGISTRY_DIRECTORY));
    assertThat(strings(dashboard.get("volumes"))).contains("models:/opt/quadstream/models:ro");
  }
}
