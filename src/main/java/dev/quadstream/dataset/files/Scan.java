package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.image.FileContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Every file below a folder, looked into once. Links are followed; hidden files and folders are
 * not.
 *
 * @param root the folder
 * @param files sorted by name
 * @param emptyFolders names of folders that hold nothing
 * @param hidden names of hidden files and folders, which were passed over
 */
record Scan(Path root, List<ScannedFile> files, Set<String> emptyFolders, List<String> hidden) {

  private static final int DEEPEST = 32;

  /** What a decoder of file names puts where it finds none. */
  private static final char UNREADABLE = '\uFFFD';

  /** Folders that systems put beside people's files. */
  private static final Set<String> OF_SYSTEMS = Set.of("__MACOSX", "@eaDir", "$RECYCLE.BIN");

  /**
   * Looks into a folder.
   *
   * @param maxBytes files above are not usable
   * @throws DatasetException if it cannot be listed, or its names cannot be read in this locale
   */
  static Scan of(Path root, long maxBytes) {
    Visitor visitor = new Visitor(root, maxBytes);
    try {
      Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, visitor);
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot list the folder %s (%s). Check that it may be read.".formatted(root, error),
          error);
    }
    visitor.files.sort(Comparator.comparing(ScannedFile::name));
    Collections.sort(visitor.hidden);
    return new Scan(
        root,
        List.copyOf(visitor.files),
        Set.copyOf(visitor.emptyFolders),
        List.copyOf(visitor.hidden));
  }

  /** Looks at one file, which need not be there. */
  static ScannedFile look(Path path, String name, long maxBytes) {
    String normal = Normalizer.normalize(name, Normalizer.Form.NFC);
    FileContent nothing = new FileContent(null, "");
    try {
      long bytes = Files.size(path);
      if (!Files.isRegularFile(path)) {
        return new ScannedFile(path, normal, nothing, bytes, "no ordinary file");
      }
      FileContent content = contentOf(path);
      return new ScannedFile(path, normal, content, bytes, problem(content, bytes, maxBytes));
    } catch (AccessDeniedException denied) {
      return new ScannedFile(path, normal, nothing, 0, "may not be read");
    } catch (IOException error) {
      boolean there = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
      return new ScannedFile(path, normal, nothing, 0, there ? "may not be read" : "not there");
    }
  }

  /** The images that can be used. */
  List<ScannedFile> images() {
    return files.stream().filter(ScannedFile::isUsable).toList();
  }

  /** The file of that name in the folder nearest to the root, if there is one. */
  Optional<ScannedFile> find(String fileName) {
    return files.stream()
        .filter(file -> Names.file(file.name()).equals(fileName))
        .min(Comparator.comparing(file -> Names.folders(file.name()).size()));
  }

  private static FileContent contentOf(Path file) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      return FileContent.of(input.readNBytes(FileContent.START));
    }
  }

  private static String problem(FileContent content, long bytes, long maxBytes) {
    if (bytes == 0) {
      return "empty";
    }
    if (!content.isRead()) {
      return content.kind().isEmpty() ? "no image" : content.kind();
    }
    return bytes > maxBytes ? "larger than image.max-bytes (%,d)".formatted(maxBytes) : null;
  }

  static final class Visitor extends SimpleFileVisitor<Path> {

    private final Path root;
    private final long maxBytes;
    private final List<ScannedFile> files = new ArrayList<>();
    private final Set<String> emptyFolders = new TreeSet<>();
    private final List<String> hidden = new ArrayList<>();

    Visitor(Path root, long maxBytes) {
      this.root = root;
      this.maxBytes = maxBytes;
    }

    /** Of all files so far, in the order of the walk. */
    List<ScannedFile> files() {
      return files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      if (isHidden(name(folder))) {
        hidden.add(name(folder) + "/");
        return FileVisitResult.SKIP_SUBTREE;
      }
      try (Stream<Path> children = Files.list(folder)) {
        if (children.findAny().isEmpty()) {
          emptyFolders.add(Normalizer.normalize(name(folder), Normalizer.Form.NFC));
        }
      } catch (IOException unreadable) {
        // walkFileTree meets it again and tells visitFileFailed.
        return FileVisitResult.CONTINUE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = name(file);
      if (isHidden(name)) {
        hidden.add(name);
        return FileVisitResult.CONTINUE;
      }
      ScannedFile looked = look(file, name, maxBytes);
      files.add(
          looked.name().indexOf(UNREADABLE) < 0
              ? looked
              : new ScannedFile(
                  file, looked.name(), looked.content(), looked.bytes(), unreadableName(file)));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
      if (file.equals(root)) {
        throw error;
      }
      if (isHidden(name(file))) {
        hidden.add(name(file));
        return FileVisitResult.CONTINUE;
      }
      ScannedFile looked = look(file, name(file), maxBytes);
      boolean closed = error instanceof AccessDeniedException && Files.isDirectory(file);
      // As a file within, so that it is told which class it would have been.
      files.add(
          closed
              ? new ScannedFile(
                  file, looked.name() + "/*", looked.content(), 0, "a folder that may not be read")
              : looked);
      return FileVisitResult.CONTINUE;
    }

    private String name(Path path) {
      StringBuilder name = new StringBuilder();
      for (Path segment : root.relativize(path)) {
        name.append(name.isEmpty() ? "" : "/").append(Names.withoutSlash(segment.toString()));
      }
      return name.toString();
    }

    /** Under a locale that lacks the characters, different names are one: nothing can be told. */
    private static String unreadableName(Path file) {
      String encoding = System.getProperty("sun.jnu.encoding", "unknown");
      if (!encoding.equals("UTF-8") || !Charset.isSupported(encoding)) {
        throw new DatasetException(
            "The names of files below %s cannot be read: this process reads names as %s. Start it with LC_ALL=C.UTF-8 in its environment."
                .formatted(file.getParent(), encoding));
      }
      return "its name is no UTF-8";
    }

    /**
     * By all of its name: zip files of Windows may have {@code photos\.git\1.jpg} in their root.
     */
    private static boolean isHidden(String name) {
      return Stream.of(name.split("/"))
          .anyMatch(segment -> segment.startsWith(".") || OF_SYSTEMS.contains(segment));
    }
  }
}
