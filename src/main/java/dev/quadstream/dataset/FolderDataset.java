package dev.quadstream.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one sub-folder for each class: {@code class/image.png}.
 *
 * <p>The sub-folder's name is the label, {@code class/file} the id, the file's bytes go out as they
 * are. Images come sorted by class, then by file name. Hidden files, files of other types, files
 * beside the classes and folders within a class are skipped and counted. The folder is listed once,
 * on creation. Thread-safe.
 */
public final class FolderDataset implements ImageDataset {

  private static final Logger LOG = LoggerFactory.getLogger(FolderDataset.class);

  private static final Map<String, String> CONTENT_TYPES =
      Map.of(
          "png", "image/png",
          "jpg", "image/jpeg",
          "jpeg", "image/jpeg",
          "gif", "image/gif",
          "bmp", "image/bmp",
          "tif", "image/tiff",
          "tiff", "image/tiff",
          "webp", "image/webp");

  private final Path folder;
  private final List<Entry> entries;
  private final int skipped;

  /**
   * Lists a folder.
   *
   * @throws DatasetException if the folder is missing or unreadable, or holds fewer than two
   *     classes
   */
  public FolderDataset(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DatasetException(
          "%s is no folder. Give a folder with one sub-folder of images for each class."
              .formatted(folder));
    }
    this.folder = folder;
    List<Entry> found = new ArrayList<>();
    int others = 0;
    for (Path child : children(folder)) {
      if (isHidden(child) || !Files.isDirectory(child)) {
        others++;
        continue;
      }
      others += addImages(child, found);
    }
    this.entries = List.copyOf(found);
    this.skipped = others;
    requireTwoClasses();
    if (skipped > 0) {
      LOG.info("Skipped {} files or folders in {} that are hidden or no images.", skipped, folder);
    }
  }

  private FolderDataset(Path folder, List<Entry> entries, int skipped) {
    this.folder = folder;
    this.entries = entries;
    this.skipped = skipped;
  }

  /** The same images in an order drawn by that seed: class by class is no stream to learn from. */
  public FolderDataset shuffled(long seed) {
    List<Entry> shuffled = new ArrayList<>(entries);
    Collections.shuffle(shuffled, new Random(seed));
    return new FolderDataset(folder, List.copyOf(shuffled), skipped);
  }

  @Override
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  @Override
  public long size() {
    return entries.size();
  }

  @Override
  public SortedSet<String> labels() {
    SortedSet<String> labels = new TreeSet<>();
    entries.forEach(entry -> labels.add(entry.label()));
    return labels;
  }

  /** How many files and folders were passed over: hidden ones and those that are no images. */
  public int skipped() {
    return skipped;
  }

  @Override
  public Stream<EncodedImage> images() {
    return entries.stream().map(Entry::read);
  }

  private void requireTwoClasses() {
    long classes = entries.stream().map(Entry::label).distinct().count();
    if (classes == 0) {
      throw new DatasetException(
          "%s holds no classes. Put images (%s) into one sub-folder for each class."
              .formatted(
                  folder, String.join(", ", CONTENT_TYPES.keySet().stream().sorted().toList())));
    }
    if (classes == 1) {
      throw new DatasetException(
          "%s holds only the class '%s'. Add sub-folders of other classes: telling classes apart needs at least two."
              .formatted(folder, entries.get(0).label()));
    }
  }

  private static int addImages(Path directory, List<Entry> entries) {
    int skipped = 0;
    String label = directory.getFileName().toString();
    for (Path file : children(directory)) {
      String contentType = CONTENT_TYPES.get(extension(file));
      if (contentType == null || isHidden(file) || !Files.isRegularFile(file)) {
        skipped++;
        continue;
      }
      entries.add(new Entry(label, contentType, file));
    }
    return skipped;
  }

  private static List<Path> children(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted(Comparator.comparing(path -> path.getFileName().toString())).toList();
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot list the folder %s (%s). Check that it may be read.".formatted(directory, error),
          error);
    }
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static String extension(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private record Entry(String label, String contentType, Path file) {

    EncodedImage read() {
      try {
        return new EncodedImage(
            label + "/" + file.getFileName(), label, contentType, Files.readAllBytes(file));
      } catch (IOException error) {
        throw new DatasetException(
            "Cannot read the image %s (%s). Check that it still exists and may be read."
                .formatted(file, error),
            error);
      }
    }
  }
}
