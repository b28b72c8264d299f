package dev.quadstream.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * This machine's files under another scheme, which counts what is asked of them, and of which some
 * do not answer.
 */
public final class TestingFileSystem extends LocalFileSystem {

  private static final String SCHEME = "counted";
  private static final AtomicLong REQUESTS = new AtomicLong();
  private static final AtomicLong LISTED = new AtomicLong();
  private static final Map<String, IOException> FAILURES = new ConcurrentHashMap<>();

  /** Found by Flink through META-INF/services. */
  public static final class Factory implements FileSystemFactory {

    @Override
    public String getScheme() {
      return SCHEME;
    }

    @Override
    public FileSystem create(URI address) {
      return new TestingFileSystem();
    }
  }

  /**
   * What was asked so far.
   *
   * @param requests of any kind
   * @param listed entries of directories
   */
  public record Count(long requests, long listed) {

    /** What was asked since then. */
    public Count minus(Count earlier) {
      return new Count(requests - earlier.requests, listed - earlier.listed);
    }
  }

  /** The directory as this file system's. */
  public static Path counted(java.nio.file.Path directory) {
    return new Path(SCHEME + ":" + directory.toAbsolutePath());
  }

  public static Count count() {
    return new Count(REQUESTS.get(), LISTED.get());
  }

  /** The address of a folder here, as an option that takes prefixes has it. */
  public static String addressOf(java.nio.file.Path folder) {
    return SCHEME + "://" + folder.toAbsolutePath() + "/";
  }

  /** From now on to look at a path, or to open it, fails. */
  public static void fail(java.nio.file.Path path, IOException failure) {
    FAILURES.put(path.toAbsolutePath().toString(), failure);
  }

  /** Nothing fails any more. */
  public static void answerAgain() {
    FAILURES.clear();
  }

  private static void requireAnswer(Path path) throws IOException {
    IOException failure = FAILURES.get(path.toUri().getPath());
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    REQUESTS.incrementAndGet();
    FileStatus[] found = super.listStatus(directory);
    LISTED.addAndGet(found == null ? 0 : found.length);
    return found;
  }

  @Override
  public FileStatus getFileStatus(Path file) throws IOException {
    REQUESTS.incrementAndGet();
    requireAnswer(file);
    return super.getFileStatus(file);
  }

  @Override
  public boolean exists(Path file) throws IOException {
    REQUESTS.incrementAndGet();
    return super.exists(file);
  }

  @Override
  public FSDataInputStream open(Path file) throws IOException {
    REQUESTS.incrementAndGet();
    requireAnswer(file);
    return super.open(file);
  }

  @Override
  public FSDataOutputStream create(Path file, WriteMode mode) throws IOException {
    REQUESTS.incrementAndGet();
    return super.create(file, mode);
  }

  @Override
  public boolean delete(Path file, boolean recursive) throws IOException {
    REQUESTS.incrementAndGet();
    return super.delete(file, recursive);
  }
}
