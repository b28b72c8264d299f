package dev.quadstream.registry;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Whole files below one directory: a file is there with all its bytes or not at all.
 *
 * <p>A file is written under a temporary name in a folder of its own, then renamed: what a crash
 * leaves is found without a look at anything else. Thread-safe.
 */
public final class RegistryFiles {

  private static final String TEMPORARY_FOLDER = ".writing";
  private static final String TEMPORARY_SUFFIX = ".tmp";

  /** Nobody writes one file for as long. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final Path directory;

  /** Touches no file. */
  public RegistryFiles(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  /** A file by its path in the directory. */
  public Path resolve(String relative) {
    return new Path(directory, relative);
  }

  /** Makes {@code file} hold {@code bytes}; an existing one is replaced in one step. */
  public void write(Path file, byte[] bytes) {
    write(
        new Path(
            new Path(file.getParent(), TEMPORARY_FOLDER),
            file.getName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX),
        file,
        bytes);
  }

  private void write(Path temporary, Path file, byte[] bytes) {
    write(temporary, file, output -> output.write(bytes), () -> file);
  }

  /**
   * Writes a file that is named by what it holds.
   *
   * @param writer whose temporary files {@link #removeTemporaries(Path, String)} removes
   * @param name of the file in {@code folder}, asked for once all is written
   */
  Path write(Path folder, String writer, Content content, Supplier<String> name) {
    return write(
        new Path(
            new Path(folder, TEMPORARY_FOLDER),
            writer + "." + UUID.randomUUID() + TEMPORARY_SUFFIX),
        folder,
        content,
        () -> new Path(folder, name.get()));
  }

  /** What is written. */
  public interface Content {
    void writeTo(OutputStream output) throws IOException;
  }

  private Path write(Path temporary, Path named, Content content, Supplier<Path> name) {
    try {
      FileSystem files = fileSystem();
      files.mkdirs(temporary.getParent());
      try {
        writeDurably(files, temporary, content);
        Path file = name.get();
        rename(files, temporary, file);
        return file;
      } catch (IOException | RuntimeException e) {
        files.delete(temporary, false);
        throw e;
      }
    } catch (IOException e) {
      throw failure("write", named, e);
    }
  }

  private static void writeDurably(FileSystem files, Path file, Content content)
      throws IOException {
    try (FSDataOutputStream output = files.create(file, FileSystem.WriteMode.NO_OVERWRITE)) {
      content.writeTo(output);
      output.flush();
      // A local rename may reach the disk before the bytes do. Object stores have nothing to sync.
      if (!files.isDistributedFS()) {
        output.sync();
      }
    }
  }

  private static void rename(FileSystem files, Path from, Path to) throws IOException {
    if (files.rename(from, to)) {
      return;
    }
    // Local files are replaced; HDFS and its like refuse to rename onto a file.
    files.delete(to, false);
    if (!files.rename(from, to)) {
      throw new IOException("the file system refused to rename " + from.getName());
    }
  }

  /** The file's bytes, or nothing if it is not there. */
  public Optional<byte[]> read(Path file, long maxBytes) {
    try {
      return readIfThere(file, maxBytes);
    } catch (IOException e) {
      throw failure("read", file, e);
    }
  }

  private Optional<byte[]> readIfThere(Path file, long maxBytes) throws IOException {
    try {
      FileSystem files = fileSystem();
      long size = files.getFileStatus(file).getLen();
      if (size > maxBytes) {
        throw RegistryException.lost(
            "%s has %d bytes, and at most %d are read.".formatted(file, size, maxBytes));
      }
      try (FSDataInputStream input = files.open(file)) {
        // At once: as they come, by buffers that are put together, they would be there twice.
        byte[] bytes = new byte[(int) size];
        int read = input.readNBytes(bytes, 0, bytes.length);
        if (read < size) {
          throw new IOException("it ended after %d of %d bytes".formatted(read, size));
        }
        return Optional.of(bytes);
      }
    } catch (FileNotFoundException | java.nio.file.NoSuchFileException e) {
      requireDirectoryIfThere();
      return Optional.empty();
    }
  }

  long size(Path file) {
    try {
      return fileSystem().getFileStatus(file).getLen();
    } catch (IOException e) {
      throw failure("read", file, e);
    }
  }

  InputStream open(Path file) {
    try {
      return fileSystem().open(file);
    } catch (IOException e) {
      throw failure("read", file, e);
    }
  }

  /** Whether a file is there; a registry that is no directory is an error and not an absence. */
  public boolean exists(Path file) {
    try {
      if (fileSystem().exists(file)) {
        return true;
      }
      requireDirectoryIfThere();
      return false;
    } catch (IOException e) {
      throw failure("look at", file, e);
    }
  }

  /**
   * What lies directly in a directory; nothing if it is not there. Whoever waits for a file to
   * appear must not wait in what is no registry at all.
   */
  public List<FileStatus> list(Path parent) {
    try {
      FileStatus[] found = listOrNull(parent);
      if (found == null) {
        requireDirectoryIfThere();
        return List.of();
      }
      return List.of(found);
    } catch (IOException e) {
      throw failure("list", parent, e);
    }
  }

  private FileStatus[] listOrNull(Path parent) throws IOException {
    try {
      return fileSystem().listStatus(parent);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  private void requireDirectoryIfThere() throws IOException {
    FileStatus status;
    try {
      status = fileSystem().getFileStatus(directory);
    } catch (FileNotFoundException e) {
      // Made when it is first written to.
      return;
    }
    if (!status.isDir()) {
      throw new IOException(directory + " is no directory");
    }
  }

  /** Returns once the file is not there any more, or was not. */
  void delete(Path file) {
    try {
      FileSystem files = fileSystem();
      if (!files.delete(file, false) && files.exists(file)) {
        throw new IOException("the file system refused to delete it");
      }
    } catch (IOException e) {
      throw failure("delete", file, e);
    }
  }

  /** Deletes what a crash left of files that were to lie in a directory; returns how many. */
  int removeTemporaries(Path parent) {
    return removeTemporaries(parent, "");
  }

  int removeTemporaries(Path parent, String writer) {
    List<FileStatus> left =
        temporaries(parent).stream()
            .filter(file -> writer.isEmpty() || file.getPath().getName().startsWith(writer + "."))
            .toList();
    left.forEach(file -> delete(file.getPath()));
    return left.size();
  }

  /** What is being written to files of a directory, or was left by a crash. */
  List<FileStatus> temporaries(Path parent) {
    return list(new Path(parent, TEMPORARY_FOLDER)).stream()
        .filter(file -> file.getPath().getName().endsWith(TEMPORARY_SUFFIX))
        .toList();
  }

  /** Whether a file that is not whole, or not named, is so old that nobody is at it any more. */
  static boolean isAbandoned(FileStatus file) {
    return file.getModificationTime() < System.currentTimeMillis() - ABANDONED.toMillis();
  }

  /** Whether a local file lies, links followed, outside the directory. */
  boolean escapes(Path file) {
    try {
      if (fileSystem().isDistributedFS()) {
        return false;
      }
      java.nio.file.Path root = local(directory).toRealPath();
      return !local(file).toRealPath().startsWith(root);
    } catch (IOException e) {
      throw failure("look at", file, e);
    }
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.getPath());
  }

  /** Writes, renames and deletes a file. */
  void requireWritable() {
    Path probe = new Path(directory, ".probe-" + UUID.randomUUID());
    write(probe.suffix(TEMPORARY_SUFFIX), probe, new byte[] {1});
    delete(probe);
  }

  private FileSystem fileSystem() throws IOException {
    return directory.getFileSystem();
  }

  RegistryException failure(String action, Path file, IOException cause) {
    return new RegistryException(
        "Cannot %s %s: %s. Check that the directory exists, its permissions and its free space."
            .formatted(action, file, reason(ofDirectory().orElse(cause))),
        cause);
  }

  /** Where a file has replaced the directory, each operation fails in words of its own. */
  private Optional<IOException> ofDirectory() {
    try {
      requireDirectoryIfThere();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }

  private static String reason(IOException cause) {
    if (cause instanceof java.nio.file.AccessDeniedException) {
      return "permission denied";
    }
    // Its message is the path alone. Only making a directory fails so.
    if (cause instanceof java.nio.file.FileAlreadyExistsException) {
      return cause.getMessage() + " is no directory";
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
