package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.TemporaryFiles;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.utils.BoundedInputStream;

/**
 * Archives as folders: a zip file as it is, a tar file by way of a temporary zip, since tar files
 * cannot be read out of order. A dataset reads from them until the process ends.
 */
final class Archive {

  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final int TAR_HEADER = 512;

  /** As many as Linux follows one after another. */
  private static final int MAX_LINKS = 40;

  /** Where files wait that are in an archive more than once. */
  private static final Path LATER = Path.of(".quadstream-later");

  private Archive() {}

  /**
   * The folder that an archive holds, or nothing where the file is no zip or tar file, compressed
   * or not.
   *
   * @param maxBytes of longer files only so much is unpacked as shows that they are
   * @throws DatasetException if it is damaged
   */
  static Optional<Path> root(Path file, long maxBytes) {
    try {
      if (startsWith(file, ZIP)) {
        return Optional.of(zip(file));
      }
      return isTar(file) ? Optional.of(tar(file, maxBytes)) : Optional.empty();
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot read the archive %s (%s). Check that it is whole, or unpack it and give the folder."
              .formatted(file, error.getMessage()),
          error);
    }
  }

  /** Without the endings of archives. */
  static String withoutEnding(String name) {
    return name.replaceFirst("(?i)\\.(?:zip|tgz|tbz2?|tar(?:\\.[a-z0-9]{1,4})?)$", "");
  }

  private static Path zip(Path file) throws IOException {
    FileSystem files;
    try {
      files = opened(file, Map.of());
    } catch (ZipException notInUtf8) {
      // Names as DOS wrote them; an archive that is damaged fails here, too.
      files = opened(file, Map.of("encoding", "CP437"));
    }
    return files.getPath("/");
  }

  private static FileSystem opened(Path file, Map<String, String> options) throws IOException {
    try {
      return FileSystems.newFileSystem(file, options);
    } catch (ProviderNotFoundException unnamed) {
      // Java takes a ZipException back where a name does not end in .zip.
      throw new ZipException("it is damaged, or has '.' or '..' in a name");
    }
  }

  private static boolean isTar(Path file) throws IOException {
    try (InputStream input = uncompressed(file)) {
      byte[] start = input.readNBytes(TAR_HEADER);
      return TarArchiveInputStream.matches(start, start.length);
    }
  }

  private static Path tar(Path file, long maxBytes) throws IOException {
    Path temporary = TemporaryFiles.file(".zip");
    Set<Path> written = new HashSet<>();
    Map<Path, Path> links = new LinkedHashMap<>();
    try {
      try (TarArchiveInputStream tar = new TarArchiveInputStream(uncompressed(file));
          ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(temporary))) {
        zip.setLevel(Deflater.NO_COMPRESSION);
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          Path path = pathOf(entry.getName());
          if (!entry.isFile() || !isInside(path)) {
            continue;
          }
          if (entry.isLink()) {
            links.put(path, pathOf(entry.getLinkName()));
          } else if (entry.isSymbolicLink()) {
            links.put(path, path.resolveSibling(entry.getLinkName()).normalize());
          } else {
            links.remove(path);
            Path once = path;
            if (!written.add(path)) {
              // Of a file that was appended once more tar takes the later one.
              once = LATER.resolve(Integer.toString(written.size()));
              written.add(once);
              links.put(path, once);
            }
            zip.putNextEntry(new ZipEntry(nameOf(once)));
            new BoundedInputStream(tar, maxBytes + 1).transferTo(zip);
            zip.closeEntry();
          }
        }
      }
      if (!links.isEmpty()) {
        follow(links, temporary);
      }
      return zip(temporary);
    } finally {
      // What is open stays readable; where it cannot be deleted yet, the end of the process does.
      temporary.toFile().delete();
    }
  }

  /** Copies what links lead to; one that leads to no file of the archive is an empty one. */
  private static void follow(Map<Path, Path> links, Path zip) throws IOException {
    try (FileSystem files = FileSystems.newFileSystem(zip)) {
      for (Path link : links.keySet()) {
        Path target = links.get(link);
        for (int followed = 1; followed < MAX_LINKS && links.containsKey(target); followed++) {
          target = links.get(target);
        }
        Path copy = files.getPath("/", nameOf(link));
        Path original = files.getPath("/", nameOf(target));
        Files.createDirectories(copy.getParent());
        Files.deleteIfExists(copy);
        if (isInside(target) && !links.containsKey(target) && Files.isRegularFile(original)) {
          Files.copy(original, copy);
        } else {
          Files.createFile(copy);
        }
      }
      deleteAll(files.getPath("/", nameOf(LATER)));
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /**
   * {@code tar -C photos -cf photos.tar .} writes {@code ./cat/1.png}, which no zip file may hold,
   * and {@code tar -P} names from the root on, which tar unpacks into the folder where it is.
   */
  private static Path pathOf(String name) {
    Path path = Path.of(name).normalize();
    return path.isAbsolute() ? path.getRoot().relativize(path) : path;
  }

  private static String nameOf(Path path) {
    return path.toString().replace(File.separatorChar, '/');
  }

  private static boolean isInside(Path path) {
    return !path.isAbsolute() && !path.startsWith("..") && !path.toString().isEmpty();
  }

  private static InputStream uncompressed(Path file) throws IOException {
    BufferedInputStream input = new BufferedInputStream(Files.newInputStream(file));
    try {
      return new BufferedInputStream(
          new CompressorStreamFactory(true).createCompressorInputStream(input));
    } catch (CompressorException notCompressed) {
      return input;
    }
  }

  private static boolean startsWith(Path file, byte[] magic) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      return Arrays.equals(input.readNBytes(magic.length), magic);
    }
  }
}
