package dev.quadstream.stream.options;

import java.util.Objects;
import org.apache.flink.core.fs.Path;

/** Directory options, which may be paths of this machine or URIs of any file system. */
public final class Directories {

  private Directories() {}

  /**
   * The directory or file as Flink's paths write it, which leave characters as they are; a plain
   * path is taken relative to the working directory. What comes out stays the same when it is given
   * again.
   *
   * @throws IllegalArgumentException naming what is neither a path nor a URI, or a path of a
   *     shell's
   */
  public static String asUri(String directory) {
    if (directory.isBlank()) {
      throw new IllegalArgumentException(
          "'%s' names nothing. Give a path, which is . for the working directory, or a URI such as s3://bucket/directory."
              .formatted(directory));
    }
    if (directory.startsWith("~")) {
      throw new IllegalArgumentException(
          "'%s' is for a shell, which alone knows whose home ~ is, and would be a directory called ~ here. Give the whole path, such as %s, or ./%1$s for what is called so."
              .formatted(directory, System.getProperty("user.home")));
    }
    boolean plain = !directory.matches("[A-Za-z][A-Za-z0-9+.-]+:.*");
    Path path =
        new Path(
            plain
                ? "file:"
                    + java.nio.file.Path.of(directory)
                        .toAbsolutePath()
                        .normalize()
                        .toUri()
                        .getPath()
                : directory);
    // Flink's path would write down what no host or bucket is called.
    if (!Objects.equals(path.toUri().getAuthority(), path.toUri().getRawAuthority())) {
      throw new IllegalArgumentException(
          "'%s' is neither a path nor a URI: no host or bucket is called '%s'. Give a path, or a URI such as s3://bucket/directory."
              .formatted(directory, path.toUri().getAuthority()));
    }
    return path.toString();
  }
}
