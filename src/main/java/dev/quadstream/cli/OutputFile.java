package dev.quadstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Files that a command leaves: whole, or not at all, in directories that are made where they are
 * not there. A link is followed, so that what it points at is replaced and not the link; a pipe or
 * a device is written into.
 */
final class OutputFile {

  private static final int MAX_LINKS = 40;

  /** Of a file's mode, as stat gives it: by POSIX. */
  private static final int FILE_TYPE = 0170000;

  private static final int PIPE = 0010000;

  private static final Set<String> STREAMS = Set.of("/dev/stdin", "/dev/stdout", "/dev/stderr");

  private OutputFile() {}

  /**
   * Returns if a file can be put there, in directories that are made when it is: better before an
   * hour's work than after.
   *
   * @throws CommandException if not
   */
  static void requireWritable(Path file) {
    Path target = target(file);
    if (isStream(target)) {
      if (!Files.isWritable(target)) {
        throw unwritable(file, target + " may not be written to");
      }
      return;
    }
    if (Files.isDirectory(target)) {
      throw unwritable(file, "it is a directory");
    }
    Path directory = target.getParent();
    while (!Files.exists(directory)) {
      directory = directory.getParent();
    }
    if (!Files.isDirectory(directory)) {
      throw unwritable(file, directory + " is no directory");
    }
    if (!Files.isWritable(directory)) {
      throw unwritable(file, "the directory " + directory + " may not be written to");
    }
  }

  private static CommandException unwritable(Path file, String why) {
    return CommandException.usage("No file can be written at %s: %s.".formatted(file, why));
  }

  /** Puts the bytes there, over what was there before; to a pipe or a device they are sent. */
  static void write(Path file, byte[] bytes) {
    Path target = target(file);
    try {
      if (isStream(target)) {
        try (OutputStream output = Files.newOutputStream(target, StandardOpenOption.APPEND)) {
          output.write(bytes);
        }
      } else {
        Files.createDirectories(target.getParent());
        replace(target, bytes);
      }
    } catch (IOException e) {
      throw CommandException.failed("%s cannot be written: %s".formatted(file, e), e);
    }
  }

  private static void replace(Path target, byte[] bytes) throws IOException {
    Path temporary =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      // Made by an ordinary open, for the umask to decide who may read it.
      Files.write(
          temporary, bytes, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
      if (Files.exists(target) && Files.getFileStore(target).supportsFileAttributeView("posix")) {
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(target);
        if (!before.equals(Files.getPosixFilePermissions(temporary))) {
          Files.setPosixFilePermissions(temporary, before);
        }
      }
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Whether it is a pipe, which unlike a disk is never full: a write fails where nobody reads. */
  static boolean isPipe(Path file) {
    try {
      return ((int) Files.getAttribute(file, "unix:mode") & FILE_TYPE) == PIPE;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Whether bytes go through and do not stay: a pipe, a terminal, what the shell redirected to. */
  private static boolean isStream(Path target) {
    return isOfProcess(target)
        || (Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target));
  }

  /**
   * What the system shows of a process, its streams among it, which the shell may send to files.
   */
  private static boolean isOfProcess(Path target) {
    return target.startsWith("/proc")
        || target.startsWith("/dev/fd")
        || STREAMS.contains(target.toString());
  }

  /** Where the links lead, which need not exist. Streams of the process are left alone. */
  private static Path target(Path file) {
    Path target = file.toAbsolutePath().normalize();
    try {
      for (int links = 0; links < MAX_LINKS && Files.isSymbolicLink(target); links++) {
        if (isOfProcess(target)) {
          return target;
        }
        target = target.resolveSibling(Files.readSymbolicLink(target)).normalize();
      }
      return target;
    } catch (IOException e) {
      throw CommandException.failed("%s cannot be followed: %s".formatted(file, e), e);
    }
  }
}
