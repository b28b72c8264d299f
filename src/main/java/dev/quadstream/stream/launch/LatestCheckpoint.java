package dev.quadstream.stream.launch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Finds what a job can go on from where nothing else remembers it: Flink's high availability would,
 * and takes ZooKeeper or Kubernetes.
 */
public final class LatestCheckpoint {

  /** Written last, so whatever has it is whole. */
  private static final String METADATA = "_metadata";

  /** Stands for it where a path may be given. */
  private static final String LATEST = "latest";

  private LatestCheckpoint() {}

  /**
   * The path that a job is to start from.
   *
   * @param path as given; {@code latest} is looked up, and where there is none yet, none is
   * @param directory the checkpoint directory
   * @return null to start anew
   */
  public static String resolve(String path, Path directory) {
    return LATEST.equals(path) ? in(directory).map(Path::toString).orElse(null) : path;
  }

  /**
   * The newest whole checkpoint or savepoint of any job that kept its own there.
   *
   * @param directory the checkpoint directory, which holds {@code job/chk-n} and {@code
   *     savepoints/savepoint-x}; one pipeline's alone
   * @throws UncheckedIOException if the directory cannot be read; one that is not there is empty
   */
  public static Optional<Path> in(Path directory) {
    try {
      FileSystem files = directory.getFileSystem();
      List<FileStatus> found = new ArrayList<>();
      for (FileStatus job : directoriesIn(files, directory)) {
        for (FileStatus checkpoint : directoriesIn(files, job.getPath())) {
          Path metadata = new Path(checkpoint.getPath(), METADATA);
          if (files.exists(metadata)) {
            found.add(files.getFileStatus(metadata));
          }
        }
      }
      return found.stream()
          .max(Comparator.comparingLong(FileStatus::getModificationTime))
          .map(metadata -> metadata.getPath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The checkpoints in %s cannot be listed: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private static List<FileStatus> directoriesIn(FileSystem files, Path parent) throws IOException {
    FileStatus[] children;
    try {
      children = files.listStatus(parent);
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return children == null
        ? List.of()
        : List.of(children).stream().filter(FileStatus::isDir).toList();
  }
}
