package dev.quadstream.stream.operator;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** This machine's files under another scheme, of which some, or all in a folder, do not answer. */
public final class TestingPhotoStore extends LocalFileSystem {

  private static final String SCHEME = "photos";
  private static final Map<String, IOException> SILENT = new ConcurrentHashMap<>();

  /** Found by Flink through META-INF/services. */
  public static final class Factory implements FileSystemFactory {

    @Override
    public String getScheme() {
      return SCHEME;
    }

    @Override
    public FileSystem create(URI address) {
      return new TestingPhotoStore();
    }
  }

  /** The address of a folder here. */
  static String addressOf(java.nio.file.Path folder) {
    return SCHEME + "://" + folder.toAbsolutePath() + "/";
  }

  /** From now on what is asked of a path fails. */
  static void silence(java.nio.file.Path path) {
    silence(path, new IOException("503 Slow Down"));
  }

  static void silence(java.nio.file.Path path, IOException failure) {
    SILENT.put(path.toAbsolutePath().toString(), failure);
  }

  static void answerAgain() {
    SILENT.clear();
  }

  private static void requireAnswer(Path path) throws IOException {
    IOException failure = SILENT.get(path.toUri().getPath());
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public FileStatus getFileStatus(Path file) throws IOException {
    requireAnswer(file);
    return super.getFileStatus(file);
  }

  @Override
  public FSDataInputStream open(Path file) throws IOException {
    requireAnswer(file);
    return super.open(file);
  }
}
