package dev.quadstream.stream.startup;

import dev.quadstream.stream.options.ImageAddresses;
import dev.quadstream.stream.options.ImageConfig;
import dev.quadstream.stream.options.InvalidOptionException;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the process that trains can tell, as an operator starts.
 *
 * <p>A job that is refused as it starts is not started again, since it would meet the same. Where
 * its first attempt ended for another reason, such as a TaskManager that was lost, that holds for
 * the next as well, unless a file system is away, which may come back. A job with a checkpoint has
 * been well, and may become so again, as with another TaskManager in place of one that is set up
 * wrongly.
 */
public final class TaskManagerChecks {

  /** Flink's name of the backend that keeps state there. */
  private static final String HEAP = "hashmap";

  private static final Logger LOG = LoggerFactory.getLogger(TaskManagerChecks.class);

  private TaskManagerChecks() {}

  /**
   * Runs a check; a refusal ends the job where nothing can change, or this is its first attempt. Of
   * a job that goes on, one that may pass does not: attempts are counted anew where another
   * JobManager takes a job over that has run for weeks.
   *
   * @param restored whether the job goes on from a checkpoint
   */
  public static void at(TaskInfo task, boolean restored, Runnable check) {
    try {
      check.run();
    } catch (StartRefusedException e) {
      boolean again = task.getAttemptNumber() > 0;
      boolean mayPass = e.isPassing() ? restored || again : restored && again;
      throw mayPass ? e : FinalFailure.of(e);
    }
  }

  /** Looks at the libraries that the operator is about to use, and where natives are unpacked. */
  public static void libraries(RuntimeContext context) {
    ExecutableDirectory.require(Path.of(System.getProperty("java.io.tmpdir")));
    LibraryBundle.require(context.getUserCodeClassLoader(), RuntimeContext.class.getClassLoader());
  }

  /** The same, and whether this processor computes embeddings as it is asked to. */
  public static void embedding(PipelineSettings settings, RuntimeContext context) {
    libraries(context);
    requirePrecision(settings);
  }

  /**
   * Checks that this process computes embeddings as it is asked to.
   *
   * @throws StartRefusedException naming the option where it cannot
   */
  public static void requirePrecision(PipelineSettings settings) {
    try {
      settings.get(NetworkConfig.EMBEDDING_PRECISION).requireAvailable();
    } catch (UnsupportedOperationException e) {
      throw new StartRefusedException(
          "%s %s=single computes everywhere."
              .formatted(e.getMessage(), NetworkConfig.EMBEDDING_PRECISION.key()),
          e);
    }
  }

  /**
   * Checks that Flink has a file system for each folder that images may be fetched from.
   *
   * @throws StartRefusedException naming the one for which it has none
   */
  public static void imageAddresses(PipelineSettings settings) {
    for (String folder : ImageAddresses.of(settings.get(ImageConfig.ADDRESSES)).folders()) {
      try {
        var unused = new org.apache.flink.core.fs.Path(folder).getFileSystem();
      } catch (UnsupportedFileSystemSchemeException e) {
        throw new StartRefusedException(
            "%s has '%s', and Flink knows no file system of that scheme here. Put its plugin into Flink's plugins/ (s3://, gs://, abfss://, oss://), or name a folder that is mounted (file:///…)."
                .formatted(ImageConfig.ADDRESSES.key(), folder),
            e);
      } catch (IOException e) {
        LOG.warn("The images in {} cannot be reached for now: {}", folder, e.toString());
      }
    }
  }

  /**
   * Loads the backbone where there is one and room for it, which this process does once.
   *
   * @param taskManager Flink's configuration of this process
   */
  public static void backbone(
      PipelineSettings settings, RuntimeContext context, ReadableConfig taskManager) {
    if (settings.get(NetworkConfig.BACKBONE).isEmpty()) {
      return;
    }
    libraries(context);
    backboneMemory(settings, MemoryLimits.ofThisProcess(taskManager));
    LibraryBundle.requireOnnxRuntime(
        context.getUserCodeClassLoader(), RuntimeContext.class.getClassLoader());
    releaseBackbones(
        PipelineSettings.class.getClassLoader(), RuntimeContext.class.getClassLoader(), context);
    backboneFile(settings);
  }

  /**
   * Has backbones closed with the job's class loader, which would forget them and not their native
   * memory. Where the job's classes are the process's, so are the backbones: others go on with
   * them.
   */
  static void releaseBackbones(ClassLoader ours, ClassLoader flinks, RuntimeContext context) {
    if (ours != flinks) {
      context.registerUserCodeClassLoaderReleaseHookIfAbsent(
          "backbones", PipelineSettings::closeBackbones);
    }
  }

  /** Where this process trains as well, its trainer looks at both together. */
  static void backboneMemory(PipelineSettings settings, MemoryLimits limits) {
    limits.require(MemoryDemand.ofBackbone(settings));
  }

  static void backboneFile(PipelineSettings settings) {
    try {
      var unused = settings.contentDecoder();
    } catch (InvalidOptionException e) {
      throw e.getCause() instanceof IOException
          ? StartRefusedException.passing(e.getMessage(), e)
          : new StartRefusedException(e.getMessage(), e);
    }
  }

  /**
   * Looks at native memory and heap.
   *
   * @param taskManager Flink's configuration of this process
   */
  public static void memory(PipelineSettings settings, ReadableConfig taskManager) {
    int replicas =
        Math.min(taskManager.get(TaskManagerOptions.NUM_TASK_SLOTS), settings.replicas());
    MemoryDemand demand =
        MemoryDemand.of(settings).times(replicas).and(MemoryDemand.ofMerge(settings));
    boolean stateIsOnHeap = taskManager.get(StateBackendOptions.STATE_BACKEND).equals(HEAP);
    MemoryLimits.ofThisProcess(taskManager)
        .require(stateIsOnHeap ? demand.and(MemoryDemand.ofLabels(settings)) : demand);
  }
}
