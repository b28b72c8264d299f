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
   * @throws IllegalArgumentException naming what is neither a path nor a URI
   */
  public static String asUri(String directory) {
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
