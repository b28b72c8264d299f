package dev.quadstream.stream.launch;

import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.RegistryFiles;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job goes on from where nothing else remembers it: Flink's high availability would, and
 * takes ZooKeeper or Kubernetes.
 *
 * <p>A run is never begun beside one that is there already because somebody forgot to say what to
 * go on from: it is refused until they say so.
 */
public final class StartingPoint {

  /** Stands for the pipeline's newest checkpoint or savepoint where a path may be given. */
  public static final String LATEST = "latest";

  /** Written last, so whatever has it is whole. */
  private static final String METADATA = "_metadata";

  private static final Logger LOG = LoggerFactory.getLogger(StartingPoint.class);

  private final PipelineSettings settings;
  private final Path checkpoints;
  private final ProgressFile progress;

  /** Touches no file. */
  public StartingPoint(PipelineSettings settings) {
    this.settings = settings;
    this.checkpoints = settings.checkpointDirectory();
    this.progress = new ProgressFile(checkpoints, settings.kafkaName());
  }

  /**
   * The path that the job is to start from.
   *
   * @param path as given: {@value #LATEST} is looked up, another is taken as it is; null if none
   *     was given
   * @param newRun whether the user wants a new run whatever is there
   * @return null to start anew
   * @throws StartRefusedException if the newest is gone, or not told for damage, or a run is there
   *     that would not go on, naming it and what to do
   */
  public String resolve(String path, boolean newRun) {
    if (path != null && !path.equals(LATEST)) {
      return path;
    }
    if (newRun) {
      return null;
    }
    try {
      Optional<PipelineProgress> known = progress.read();
      if (known.isPresent()) {
        return goingOn(known.get(), path != null);
      }
      requireNothingThere();
    } catch (RegistryException e) {
      if (e.isLost()) {
        throw new StartRefusedException(
            "What the pipeline can go on from cannot be told: %s Give the path to go on from with --from-savepoint, or begin a new run with --new-run; the file is then written anew."
                .formatted(e.getMessage()),
            e);
      }
      if (path != null) {
        throw StartRefusedException.passing(
            "What the pipeline can go on from cannot be told: " + e.getMessage(), e);
      }
      // A cluster may have file systems that this machine has not.
      LOG.warn("Whether there is a run to go on from cannot be told: {}", e.getMessage());
    }
    return null;
  }

  /**
   * Whether the pipeline's newest job was another than this one. Flink's high availability knows
   * jobs by their ids, and will not find what that one has left. False where it cannot be told: a
   * job that recovers must not be refused that.
   *
   * @param job Flink's id, as hexadecimal digits
   */
  boolean isOfAnotherThan(String job) {
    try {
      return progress.read().filter(known -> !known.job().equalsIgnoreCase(job)).isPresent();
    } catch (RegistryException e) {
      LOG.warn("Whether another job has run before cannot be told: {}", e.getMessage());
      return false;
    }
  }

  private String goingOn(PipelineProgress known, boolean wanted) {
    String newest = known.goesOnFrom();
    if (newest == null) {
      // A new run was asked for, and ended before it had anything to go on from.
      return null;
    }
    if (!wanted) {
      throw new StartRefusedException(
          "Pipeline %s has run before: job %s has left %s. Go on from it with --from-savepoint latest, or begin a new run with --new-run."
              .formatted(known.pipeline(), known.job(), newest));
    }
    Path found = new Path(newest);
    if (!new RegistryFiles(found).exists(new Path(found, METADATA))) {
      throw new StartRefusedException(
          "The newest checkpoint or savepoint of pipeline %s is %s, of job %s, and it is not there: Flink removes the checkpoints of a job that finished, and a savepoint may have been moved. Give the path to go on from with --from-savepoint, or begin a new run with --new-run. (%s names it.)"
              .formatted(known.pipeline(), newest, known.job(), progress));
    }
    return newest;
  }

  private void requireNothingThere() {
    RegistryFiles files = new RegistryFiles(checkpoints);
    // Where the folder is there, all that lies beside it belongs to pipelines that know it.
    if (!files.exists(files.resolve(ProgressFile.DIRECTORY))) {
      newestIn(files)
          .ifPresent(
              unknown -> {
                throw new StartRefusedException(
                    "%s holds checkpoints of an earlier version, which does not say whose they are; the newest is %s. Go on from it with --from-savepoint and its path, or begin a new run with --new-run."
                        .formatted(checkpoints, unknown));
              });
    }
    Path registry = settings.registryDirectory();
    String network = settings.get(NetworkConfig.NAME);
    List<String> runs = directoriesIn(new RegistryFiles(registry), new Path(registry, network));
    if (!runs.isEmpty()) {
      throw new StartRefusedException(
          "%s holds models of network %s, of %s, and %s says nothing of this pipeline. Go on from a path with --from-savepoint, or begin a new run with --new-run."
              .formatted(
                  registry,
                  network,
                  runs.size() == 1 ? "run " + runs.get(0) : runs.size() + " runs",
                  checkpoints));
    }
  }

  private static List<String> directoriesIn(RegistryFiles files, Path parent) {
    return files.list(parent).stream()
        .filter(FileStatus::isDir)
        .map(status -> status.getPath().getName())
        .toList();
  }

  private Optional<Path> newestIn(RegistryFiles files) {
    return files.list(checkpoints).stream()
        .filter(FileStatus::isDir)
        .flatMap(job -> files.list(job.getPath()).stream())
        .filter(FileStatus::isDir)
        .flatMap(checkpoint -> files.list(checkpoint.getPath()).stream())
        .filter(file -> file.getPath().getName().equals(METADATA))
        .max(Comparator.comparingLong(FileStatus::getModificationTime))
        .map(metadata -> metadata.getPath().getParent());
  }
}
