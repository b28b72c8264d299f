package dev.quadstream.stream.operator;

import dev.quadstream.registry.Retention;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the checkpoints of the jobs that this one went on from, once it has completed some of its
 * own: Flink leaves them for ever. Savepoints are a person's and stay.
 *
 * <p>What it knows of those jobs is what the restored state says. One that has a newer checkpoint
 * has gone on since, or somebody means to go back to what was not restored: all of it stays.
 */
final class ReplacedJobs {

  /** Completed before the others go: by then none of those is what a restart goes back to. */
  static final int OWN_CHECKPOINTS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(ReplacedJobs.class);
  private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d+)");

  private final Pattern metadata;
  private int completed;

  ReplacedJobs(Path checkpointDirectory) {
    this.metadata =
        Pattern.compile(
            "(" + Pattern.quote(checkpointDirectory + "/") + "[0-9a-f]{32})/chk-\\d+/_metadata");
  }

  /**
   * Counts a checkpoint of this job, and deletes those of others if there are enough.
   *
   * @param snapshots that are still there, the completed one among them
   */
  void completed(List<Retention.Snapshot> snapshots, long checkpointId) {
    completed++;
    Map<String, Long> newest = new TreeMap<>();
    String own = null;
    for (Retention.Snapshot snapshot : snapshots) {
      Matcher checkpoint = metadata.matcher(snapshot.metadata());
      if (checkpoint.matches()) {
        newest.merge(checkpoint.group(1), snapshot.id(), Math::max);
        own = snapshot.id() == checkpointId ? checkpoint.group(1) : own;
      }
    }
    if (completed >= OWN_CHECKPOINTS && own != null) {
      newest.remove(own);
      newest.forEach((job, last) -> delete(new Path(job), last));
    }
  }

  private static void delete(Path job, long newestKnown) {
    try {
      FileSystem files = job.getFileSystem();
      FileStatus[] listed = files.listStatus(job);
      // Local files say so of a directory that is gone; others throw.
      List<FileStatus> found = listed == null ? List.of() : List.of(listed);
      if (found.stream().anyMatch(file -> numberOf(file.getPath()) > newestKnown)) {
        return;
      }
      for (FileStatus file : found) {
        if (numberOf(file.getPath()) >= 0) {
          files.delete(file.getPath(), true);
        }
      }
      LOG.info("Deleted the checkpoints of a job that this one replaces: {}.", job);
    } catch (FileNotFoundException e) {
      LOG.debug("The checkpoints in {} are gone.", job);
    } catch (IOException e) {
      LOG.warn("The checkpoints of a replaced job stay for now: {}", e.toString());
    }
  }

  /** The number of a checkpoint by its folder, or −1 of what is none. */
  private static long numberOf(Path folder) {
    Matcher checkpoint = CHECKPOINT.matcher(folder.getName());
    return checkpoint.matches() ? Long.parseLong(checkpoint.group(1)) : -1;
  }
}
