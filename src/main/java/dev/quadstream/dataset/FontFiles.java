package dev.quadstream.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fonts of the packs as files, since the JDK copies any other source of a font to the temporary
 * directory, under a name that tells nobody whose it is, and leaves it there when it is killed.
 * What a process that is no more has left of these, the next one deletes. Thread-safe.
 */
final class FontFiles {

  private static final Logger LOG = LoggerFactory.getLogger(FontFiles.class);
  private static final String PREFIX = "quadstream-fonts-";
  private static final String LOCK = "in-use";

  private static FontFiles ofThisProcess;

  private final Path directory;

  /** Locked for as long as the process lives, however it ends. */
  private final FileChannel held;

  private int files;

  private FontFiles(Path directory) throws IOException {
    this.directory = Files.createTempDirectory(directory, PREFIX);
    this.directory.toFile().deleteOnExit();
    Path lock = this.directory.resolve(LOCK);
    lock.toFile().deleteOnExit();
    this.held = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    held.lock();
  }

  /** The file of a font, until the process ends. */
  static synchronized Path of(InputStream font) throws IOException {
    if (ofThisProcess == null) {
      ofThisProcess = in(Path.of(System.getProperty("java.io.tmpdir")));
    }
    return ofThisProcess.add(font);
  }

  /** Begins a directory within this one, and deletes those that nobody holds any more. */
  static FontFiles in(Path directory) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, PREFIX + "*")) {
      left.forEach(FontFiles::deleteUnlessHeld);
    }
    return new FontFiles(directory);
  }

  Path add(InputStream font) throws IOException {
    Path file = directory.resolve(files++ + ".ttf");
    Files.copy(font, file);
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
      try (Stream<Path> files = Files.list(left)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(left);
    } catch (OverlappingFileLockException | IOException e) {
      LOG.debug("{} is held, or another user's.", left, e);
    }
  }
}
