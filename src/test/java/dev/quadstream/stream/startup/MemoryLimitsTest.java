package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.network.NativeDemand;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryLimitsTest {

  private static final long GIB = 1L << 30;
  private static final MemoryDemand DEMAND = new MemoryDemand(100L << 20, 10L << 20, 0);

  @Test
  void whatIsThereIsEnough() {
    assertThatCode(() -> new MemoryLimits(GIB, GIB, GIB, 3 * GIB).require(DEMAND.times(2)))
        .doesNotThrowAnyException();
    assertThatCode(() -> new MemoryLimits(GIB, MemoryLimits.NONE, 0, 0).require(DEMAND.times(2)))
        .as("without limits")
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "19, 1024, 1024, 4096, 2, -Xmx",
    "1024, 199, 1024, 4096, 2, taskmanager.memory.task.off-heap.size is 199 MiB",
    "1024, 0, 1024, 4096, 1, taskmanager.memory.task.off-heap.size is 0 MiB",
    "1024, 1024, 199, 4096, 2, org.bytedeco.javacpp.maxbytes is 199 MiB",
    "1024, 1024, 1024, 219, 2, org.bytedeco.javacpp.maxphysicalbytes is 219 MiB"
  })
  void theFirstLimitThatIsTooLowIsNamed(
      long heap, long offHeap, long arrays, long process, int replicas, String named) {
    MemoryLimits limits = new MemoryLimits(heap << 20, offHeap << 20, arrays << 20, process << 20);

    assertThatThrownBy(() -> limits.require(DEMAND.times(replicas)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(named);
  }

  @Test
  void aBackboneCountsOnceAProcessAndNotAmongTheArraysOfNd4j() {
    MemoryDemand demand = new MemoryDemand(100L << 20, 10L << 20, 400L << 20);

    new MemoryLimits(GIB, 600L << 20, 200L << 20, 700L << 20).require(demand.times(2));
    assertThatThrownBy(() -> new MemoryLimits(GIB, 599L << 20, GIB, 0).require(demand.times(2)))
        .hasMessageContainingAll("off-heap.size is 599 MiB", "backbone", "601 MiB");
    assertThatThrownBy(() -> new MemoryLimits(GIB, GIB, 0, 619L << 20).require(demand.times(2)))
        .hasMessageContainingAll("maxphysicalbytes is 619 MiB", "621 MiB");
  }

  @Test
  void theDemandOfABackboneIsThatOfItsFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("backbone.onnx");
    byte[] bytes = TestingOnnx.oneOutput(3);
    Files.write(file, bytes);

    assertThat(demand(Map.of()).backboneBytes()).isZero();
    assertThat(demand(Map.of("network.backbone", file.toString())).backboneBytes())
        .isEqualTo(2 * bytes.length);
  }

  @Test
  void theDefaultNetworkFitsTheFlinkConfigurationAndTheLargestDoesNot() {
    MemoryLimits shipped = new MemoryLimits(768L << 20, GIB, GIB, 2560L << 20);

    shipped.require(demand(Map.of()));
    MemoryDemand largest =
        demand(
            Map.of(
                "network.trunk", "alexnet",
                "image.channels", "3",
                "image.height", "227",
                "image.width", "227"));
    assertThat(largest.nativeBytes()).isGreaterThan(GIB);
    assertThatThrownBy(() -> shipped.require(largest)).hasMessageContaining("at least");
  }

  @Test
  void aDemandBeyondEveryMachineIsNoSmallOne() {
    String most = Integer.toString(Integer.MAX_VALUE);
    MemoryDemand demand =
        demand(
            Map.of(
                "window.images", most,
                "window.max-images", most,
                "mining.memory-images", most,
                "mining.waiting-windows", most,
                "memory.capacity", most));
    MemoryLimits limits = new MemoryLimits(GIB, MemoryLimits.NONE, 0, 3 * GIB);

    assertThat(demand.nativeBytes()).isGreaterThan(1_000_000 * GIB);
    assertThat(demand.heapBytes()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> limits.require(demand.times(128))).hasMessageContaining("-Xmx");
    assertThatThrownBy(
            () ->
                new MemoryLimits(MemoryLimits.NONE, MemoryLimits.NONE, 0, GIB)
                    .require(demand.times(128)))
        .hasMessageContaining("maxphysicalbytes");
  }

  @Test
  void theDemandIsThatOfTheLargestWindowThatTheOptionsAllow() {
    MemoryLimits shipped = new MemoryLimits(768L << 20, GIB, GIB, 2560L << 20);
    String eventTime = "EVENT_TIME";

    shipped.require(demand(Map.of("window.kind", eventTime)));
    assertThatThrownBy(
            () ->
                shipped.require(
                    demand(Map.of("window.kind", eventTime, "window.max-images", "20000"))))
        .hasMessageContaining("window.max-images");
    // Once the number of pairs overflowed.
    MemoryDemand beyond =
        demand(Map.of("window.kind", eventTime, "window.max-images", "2000000000"));
    assertThat(beyond.heapBytes()).isGreaterThan(1L << 60);
    assertThat(beyond.nativeBytes()).isGreaterThan(1L << 40);
    assertThatThrownBy(() -> shipped.require(demand(Map.of("mining.quadruplets", "1000000"))))
        .hasMessageContaining("mining.quadruplets");
  }

  @Test
  void whatReplicasBringIsCountedAtBothEndsOnlyWhereItIsARecord() {
    Map<String, String> small = Map.of("replicas", "4");
    Map<String, String> alexnet =
        Map.of(
            "replicas", "4",
            "network.trunk", "alexnet",
            "image.channels", "3",
            "image.height", "227",
            "image.width", "227");
    long ofSmall = NativeDemand.of(settings(small).network()).parameters();
    long ofAlexnet = NativeDemand.of(settings(alexnet).network()).parameters();

    assertThat(MemoryDemand.ofMerge(settings(small)).heapBytes())
        .isEqualTo((52 + 4 * 16) * ofSmall);
    assertThat(MemoryDemand.ofMerge(settings(alexnet)).heapBytes()).isEqualTo(52 * ofAlexnet);
    Map<String, String> mean = new HashMap<>(alexnet);
    mean.put("merge.learning-rate", "1");
    assertThat(MemoryDemand.ofMerge(settings(mean)).heapBytes()).isEqualTo(36 * ofAlexnet);
  }

  /** Two such replicas in a heap of 7 GB came to no third version. */
  @Test
  void modelsThatAreReadAndEndsOfRoundsAreCountedForEachReplica() {
    Map<String, String> alexnet =
        Map.of(
            "replicas", "2",
            "network.trunk", "alexnet",
            "image.channels", "3",
            "image.height", "227",
            "image.width", "227");
    long parameters = NativeDemand.of(settings(alexnet).network()).parameters();
    long oneEnd = demand(alexnet).heapBytes();

    assertThat(oneEnd - demand(Map.of("replicas", "2")).heapBytes())
        .as("copy, end, model taken, parameters moved, model read; and larger images")
        .isGreaterThan((20 + 8 + 8 + 8 + 4) * (parameters - 1_000_000));
    MemoryLimits tried = new MemoryLimits(7_000_000_000L, MemoryLimits.NONE, 0, 0);
    assertThatThrownBy(
            () ->
                tried.require(
                    demand(alexnet).times(2).and(MemoryDemand.ofMerge(settings(alexnet)))))
        .hasMessageContaining("-Xmx");
    Map<String, String> often = new HashMap<>(alexnet);
    often.put("publish.every", "4");
    assertThat(demand(often).heapBytes() - oneEnd)
        .as("first rounds of 2 windows, staleness 4")
        .isEqualTo(2 * 8 * parameters);
  }

  @Test
  void imagesThatMayWaitForTheirLabelsAreCountedWhereTheyDo() {
    MemoryDemand demand = MemoryDemand.ofLabels(settings(Map.of("labels.capacity", "1000000")));
    MemoryLimits shipped = new MemoryLimits(768L << 20, GIB, GIB, 2560L << 20);

    assertThat(demand.nativeBytes()).isZero();
    assertThat(demand.heapBytes()).isEqualTo(1_000_000L * (32 * 32 + 600));
    assertThatThrownBy(() -> shipped.require(demand(Map.of()).and(demand)))
        .hasMessageContaining("labels.capacity");
    shipped.require(demand(Map.of()).and(MemoryDemand.ofLabels(settings(Map.of()))));
    assertThat(
            MemoryDemand.ofLabels(
                    settings(
                        Map.of("labels.capacity", "1000000", "images.unlabelled", "DEAD_LETTER")))
                .heapBytes())
        .isZero();
  }

  private static PipelineSettings settings(Map<String, String> options) {
    return PipelineSettings.of(Configuration.fromMap(options));
  }

  private static MemoryDemand demand(Map<String, String> options) {
    return MemoryDemand.of(settings(options));
  }
}
