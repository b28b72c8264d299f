package dev.quadstream.stream.options;

import java.net.URI;
import java.nio.file.Path;

/** Directory options, which may be paths of this machine or URIs of any file system. */
public final class Directories {

  private Directories() {}

  /**
   * The directory or file as Flink's paths write it, which leave characters as they are; a plain
   * path is taken relative to the working directory.
   */
  public static String asUri(String directory) {
    return directory.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")
        ? URI.create(directory).toString()
        : new org.apache.flink.core.fs.Path(Path.of(directory).toAbsolutePath().normalize().toUri())
            .toString();
  }
}
