package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.stream.options.PipelineSettings;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskManagerChecksTest {

  private static final boolean RESTORED = true;
  private static final StartRefusedException NOTHING_FITS =
      new StartRefusedException("nothing fits");
  private static final StartRefusedException FILE_AWAY =
      StartRefusedException.passing("the file is away", null);

  @TempDir private Path directory;

  @Test
  void aRefusalEndsAJobThatStarts() {
    for (StartRefusedException refusal : List.of(NOTHING_FITS, FILE_AWAY)) {
      assertThatThrownBy(() -> at(0, !RESTORED, refusal))
          .isInstanceOf(SuppressRestartsException.class);
    }
    assertThatThrownBy(() -> at(0, RESTORED, NOTHING_FITS))
        .isInstanceOf(SuppressRestartsException.class);
  }

  /** A JobManager that takes a job over counts its attempts anew. */
  @Test
  void aFileSystemThatIsAwayForAMomentDoesNotEndAJobThatGoesOn() {
    assertThatThrownBy(() -> at(0, RESTORED, FILE_AWAY)).isSameAs(FILE_AWAY);
  }

  /** As where the TaskManager that had its first attempt was lost. */
  @Test
  void aRefusalEndsAJobWhoseFirstAttemptEndedForAnotherReason() {
    assertThatThrownBy(() -> at(1, !RESTORED, NOTHING_FITS))
        .isInstanceOf(SuppressRestartsException.class);
  }

  @Test
  void aFileSystemThatIsAwayForAMomentDoesNotEndAJobThatHasNoCheckpointYet() {
    assertThatThrownBy(() -> at(1, !RESTORED, FILE_AWAY)).isSameAs(FILE_AWAY);
  }

  @Test
  void aRefusalIsLeftToTheRestartStrategyOnceAJobHasRun() {
    assertThatThrownBy(() -> at(1, RESTORED, NOTHING_FITS)).isSameAs(NOTHING_FITS);
  }

  @Test
  void aBackboneThatCannotBeReadNowMayPassAndAnotherOrDamagedOneDoesNot() throws Exception {
    Path file = directory.resolve("backbone.onnx");
    Files.write(file, TestingOnnx.oneOutput(1));
    PipelineSettings settings =
        PipelineSettings.of(Configuration.fromMap(Map.of("network.backbone", file.toString())));
    Runnable check = () -> TaskManagerChecks.backboneFile(settings);
    check.run();

    Files.delete(file);
    assertThatThrownBy(() -> TaskManagerChecks.at(task(1), !RESTORED, check))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("cannot be read");
    Files.write(file, TestingOnnx.file(true, true, TestingOnnx.OPEN, 1, 16, 16));
    assertThatThrownBy(() -> TaskManagerChecks.at(task(1), !RESTORED, check))
        .isInstanceOf(SuppressRestartsException.class);
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> TaskManagerChecks.at(task(1), !RESTORED, check))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("protobuf");
  }

  @Test
  void aTaskManagerThatOnlyDecodesIsRefusedWhereItsBackboneDoesNotFit() throws Exception {
    Path file = directory.resolve("backbone.onnx");
    Files.write(file, TestingOnnx.oneOutput(1));
    PipelineSettings settings =
        PipelineSettings.of(Configuration.fromMap(Map.of("network.backbone", file.toString())));
    long needed = 2 * Files.size(file);

    TaskManagerChecks.backboneMemory(settings, limits(needed));
    assertThatThrownBy(() -> TaskManagerChecks.backboneMemory(settings, limits(needed - 1)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll("taskmanager.memory.task.off-heap.size", "backbone");
  }

  /** Where they are the process's, as under the commands, the live page looks through them, too. */
  @Test
  void backbonesAreClosedWithTheJobsClassLoaderAndNoOther() throws Exception {
    ClassLoader flinks = getClass().getClassLoader();
    List<String> hooks = new ArrayList<>();
    RuntimeContext context =
        (RuntimeContext)
            Proxy.newProxyInstance(
                flinks,
                new Class<?>[] {RuntimeContext.class},
                (proxy, method, arguments) -> {
                  hooks.add(method.getName());
                  return null;
                });

    TaskManagerChecks.releaseBackbones(flinks, flinks, context);
    assertThat(hooks).isEmpty();
    try (URLClassLoader jobs = new URLClassLoader(new URL[0], flinks)) {
      TaskManagerChecks.releaseBackbones(jobs, flinks, context);
    }
    assertThat(hooks).containsExactly("registerUserCodeClassLoaderReleaseHookIfAbsent");
  }

  private static MemoryLimits limits(long offHeap) {
    return new MemoryLimits(1L << 30, offHeap, 0, 0);
  }

  private static void at(int attempt, boolean restored, StartRefusedException refusal) {
    TaskManagerChecks.at(
        task(attempt),
        restored,
        () -> {
          throw refusal;
        });
  }

  private static TaskInfo task(int attempt) {
    return new TaskInfoImpl("train", 1, 0, 1, attempt);
  }
}
