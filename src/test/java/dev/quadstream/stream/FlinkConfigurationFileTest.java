package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.NettyShuffleEnvironmentOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.junit.jupiter.api.Test;

/** flink-conf/config.yaml, the one configuration of Flink. */
class FlinkConfigurationFileTest {

  private final Configuration flink = TestingDeployment.flink();

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
        .contains("org.nd4j", "org.deeplearning4j", "org.bytedeco");
  }

  @Test
  void nothingListensOnOtherInterfacesUnlessTold() {
    assertThat(flink.toMap())
        .containsEntry("jobmanager.bind-host", "localhost")
        .containsEntry("taskmanager.bind-host", "localhost")
        .containsEntry("rest.bind-address", "localhost");
  }

  @Test
  void thePageTakesNoJarsAndNoClicksAndTellsNoOtherSite() {
    assertThat(flink.get(WebOptions.SUBMIT_ENABLE)).isFalse();
    assertThat(flink.get(WebOptions.CANCEL_ENABLE)).isFalse();
    assertThat(flink.get(WebOptions.RESCALE_ENABLE)).isFalse();
    assertThat(flink.get(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN))
        .isEqualTo("http://localhost:8081");
  }

  private static MemorySize sizeOf(String property, String options) {
    return Pattern.compile("-D" + Pattern.quote(property) + "=(\\w+)")
        .matcher(options)
        .results()
        .map(match -> MemorySize.parse(match.group(1)))
        .findFirst()
        .orElseThrow();
  }

  private static List<Class<?>> flinkOptionClasses() {
    return List.of(
        org.apache.flink.configuration.BlobServerOptions.class,
        CheckpointingOptions.class,
        CoreOptions.class,
        NettyShuffleEnvironmentOptions.class,
        org.apache.flink.configuration.JobManagerOptions.class,
        org.apache.flink.configuration.MetricOptions.class,
        org.apache.flink.configuration.RestOptions.class,
        org.apache.flink.configuration.RestartStrategyOptions.class,
        org.apache.flink.configuration.StateBackendOptions.class,
        TaskManagerOptions.class,
        WebOptions.class);
  }
}
