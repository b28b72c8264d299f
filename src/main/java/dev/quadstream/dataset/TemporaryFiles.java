package dev.quadstream.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that a process needs until it ends, in a directory of its own below the temporary one. What
 * a process that was killed has left of these, the next one deletes, directories of its with all
 * that they hold. Thread-safe.
 */
public final class TemporaryFiles {

  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFiles.class);
  private static final String PREFIX = "quadstream-files-";
  private static final String LOCK = "in-use";

  private static TemporaryFiles ofThisProcess;

  private final Path directory;

  /** Locked for as long as the process lives, however it ends. */
  private final FileChannel held;

  private int files;

  private TemporaryFiles(Path directory) throws IOException {
    this.directory = Files.createTempDirectory(directory, PREFIX);
    this.directory.toFile().deleteOnExit();
    Path lock = this.directory.resolve(LOCK);
    lock.toFile().deleteOnExit();
    this.held = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    held.lock();
  }

  /** A file that is not there yet, whose name ends so. */
  public static synchronized Path file(String ending) throws IOException {
    return ofThisProcess().add(ending);
  }

  /**
   * A directory that is empty. Who fills it empties it: at the end of the process it stays else.
   */
  public static synchronized Path directory() throws IOException {
    return Files.createDirectory(ofThisProcess().add(""));
  }

  private static TemporaryFiles ofThisProcess() throws IOException {
    if (ofThisProcess == null) {
      ofThisProcess = in(Path.of(System.getProperty("java.io.tmpdir")));
    }
    return ofThisProcess;
  }

  /** Begins a directory within this one, and deletes those that nobody holds any more. */
  static TemporaryFiles in(Path directory) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, PREFIX + "*")) {
      left.forEach(TemporaryFiles::deleteUnlessHeld);
    }
    return new TemporaryFiles(directory);
  }

  Path add(String ending) {
    Path file = directory.resolve(files++ + ending);
    file.toFile().deleteOnExit();
    return file;
  }

  /** As the end of the process does. */
  void release() throws IOException {
    held.close();
  }

  private static void deleteUnlessHeld(Path left) {
    try (FileChannel lock = FileChannel.open(left.resolve(LOCK), StandardOpenOption.WRITE)) {
      if (lock.tryLock() == null) {
        return;
      }
      try (Stream<Path> files = Files.walk(left)) {
        // What a directory holds before the directory.
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (OverlappingFileLockException | IOException e) {
      LOG.debug("{} is held, or another user's.", left, e);
    }
  }
}
