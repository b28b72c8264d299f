package dev.quadstream.stream.startup;

import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The directories of checkpoints and models: whether this process can write there, and the others
 * see it.
 */
public final class StateDirectories {

  /** There instead where the cluster sets execution.checkpointing.create-subdir to false. */
  private static final String WITHOUT_SUBDIRECTORIES = "taskowned";

  private StateDirectories() {}

  /**
   * Returns if this process can write files to the directory of a setting.
   *
   * @param option its key, for the message
   * @throws StartRefusedException naming option, directory and reason
   */
  public static void requireWritable(String option, Path directory) {
    try {
      new ModelRegistry(directory).checkWritable();
    } catch (RegistryException e) {
      throw StartRefusedException.passing(
          "Option %s = %s: %s".formatted(option, directory, e.getMessage()), e);
    }
  }

  /**
   * Returns if a TaskManager can write checkpoints where the JobManager has made the job's
   * directory. With a plain path on two machines each would write a half of every checkpoint to its
   * own disk, and no restore would find both.
   *
   * @param job whose directory the JobManager makes before it starts any task
   * @throws StartRefusedException naming option, directory and reason
   */
  public static void requireShared(PipelineSettings settings, JobID job) {
    if (settings.get(JobConfig.CHECKPOINT_INTERVAL).isZero()) {
      return;
    }
    Path directory = settings.checkpointDirectory();
    String option = JobConfig.CHECKPOINT_DIRECTORY.key();
    // Looked for before the check below, which would make what is not there.
    boolean seen =
        isDistributed(directory)
            || isThere(new Path(directory, job.toHexString()))
            || isThere(new Path(directory, WITHOUT_SUBDIRECTORIES));
    requireWritable(option, directory);
    if (!seen) {
      throw StartRefusedException.passing(
          "Option %s = %s: the JobManager has made its directory of this job there, and this TaskManager does not see it. They run on different machines: mount one file system on all of them at this path, or give an address that all of them reach, such as s3://."
              .formatted(option, directory),
          null);
    }
  }

  private static boolean isDistributed(Path directory) {
    try {
      return FileSystem.get(directory.toUri()).isDistributedFS();
    } catch (IOException e) {
      // Told with its reason by the check that it can be written.
      return false;
    }
  }

  private static boolean isThere(Path path) {
    try {
      return path.getFileSystem().exists(path);
    } catch (IOException e) {
      return false;
    }
  }
}
