package dev.quadstream.stream.startup;

import dev.quadstream.stream.options.InvalidOptionException;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * What only the process that trains can tell, as an operator starts.
 *
 * <p>A job that is refused as it starts is not started again, since it would meet the same, and nor
 * is one that has kept nothing yet: its first attempt may have ended for another reason, such as a
 * TaskManager that was lost. One that is recovered from a checkpoint of its own is: what was well
 * before may become so again, such as a file system that is away.
 */
public final class TaskManagerChecks {

  private TaskManagerChecks() {}

  /**
   * Runs a check; a refusal ends the job where this is its first attempt or has no state.
   *
   * @param isRestored whether the operator starts from a checkpoint or savepoint
   */
  public static void at(TaskInfo task, boolean isRestored, Runnable check) {
    try {
      check.run();
    } catch (StartRefusedException e) {
      if (!isRestored || task.getAttemptNumber() == 0) {
        throw FinalFailure.of(e);
      }
      throw e;
    }
  }

  /** Looks at the libraries that the operator is about to use, and where natives are unpacked. */
  public static void libraries(RuntimeContext context) {
    ExecutableDirectory.require(Path.of(System.getProperty("java.io.tmpdir")));
    LibraryBundle.require(context.getUserCodeClassLoader(), RuntimeContext.class.getClassLoader());
  }

  /** Loads the backbone where there is one, which this process does once. */
  public static void backbone(PipelineSettings settings, RuntimeContext context) {
    if (settings.get(NetworkConfig.BACKBONE).isEmpty()) {
      return;
    }
    ExecutableDirectory.require(Path.of(System.getProperty("java.io.tmpdir")));
    LibraryBundle.requireOnnxRuntime(
        context.getUserCodeClassLoader(), RuntimeContext.class.getClassLoader());
    try {
      var unused = settings.content();
    } catch (InvalidOptionException e) {
      throw new StartRefusedException(e.getMessage(), e);
    }
  }

  /**
   * Looks at native memory.
   *
   * @param taskManager Flink's configuration of this process
   */
  public static void memory(PipelineSettings settings, ReadableConfig taskManager) {
    int replicas =
        Math.min(taskManager.get(TaskManagerOptions.NUM_TASK_SLOTS), settings.replicas());
    MemoryLimits.ofThisProcess(taskManager).require(MemoryDemand.of(settings), replicas);
  }
}
