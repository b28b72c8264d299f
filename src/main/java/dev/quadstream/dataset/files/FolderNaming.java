package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Folders as classes: {@code class/image}, {@code kind/class/image}, either below folders that are
 * called as parts are ({@code train/class/image}).
 */
final class FolderNaming implements FileNaming {

  private final Layout layout;
  private final int outer;
  private final boolean divided;
  private final int inner;
  private final List<String> warnings;

  private FolderNaming(
      Layout layout, int outer, boolean divided, int inner, List<String> warnings) {
    this.layout = layout;
    this.outer = outer;
    this.divided = divided;
    this.inner = inner;
    this.warnings = warnings;
  }

  /**
   * Decides by where the images lie; nothing where they are all in the root.
   *
   * @param wanted {@link Layout#FOLDER}, {@link Layout#NESTED}, or {@link Layout#AUTO} for the one
   *     that fits
   */
  static Optional<FileNaming> recognise(Scan scan, Layout wanted) {
    List<List<String>> folders =
        scan.images().stream().map(image -> Names.folders(image.name())).toList();
    if (folders.stream().allMatch(List::isEmpty)) {
      return Optional.empty();
    }
    int outer = commonFolders(folders);
    List<List<String>> below =
        folders.stream().map(path -> path.subList(outer, path.size())).toList();
    List<List<String>> inFolders = below.stream().filter(path -> !path.isEmpty()).toList();
    List<List<String>> deep = inFolders.stream().filter(path -> path.size() > 1).toList();
    Set<String> partFolders = new LinkedHashSet<>();
    Set<Part> parts = EnumSet.noneOf(Part.class);
    for (List<String> path : inFolders) {
      partOf(path)
          .ifPresent(
              part -> {
                partFolders.add(path.get(0));
                parts.add(part);
              });
    }
    boolean allParts = inFolders.stream().allMatch(path -> partOf(path).isPresent());
    boolean mostlyParts =
        parts.size() > 1 && Names.areMostly(deep, path -> partOf(path).isPresent());
    boolean divided = wanted != Layout.FOLDER && !deep.isEmpty() && (allParts || mostlyParts);

    List<String> warnings = new ArrayList<>();
    if ((allParts || parts.size() > 1) && !divided) {
      warnings.add(
          "The folders %s look like parts of a dataset and are taken as classes. If the classes are elsewhere, give a list (--layout list)."
              .formatted(String.join(", ", partFolders)));
    }
    List<List<String>> classes =
        divided
            ? deep.stream()
                .filter(path -> partOf(path).isPresent())
                .map(path -> path.subList(1, path.size()))
                .toList()
            : inFolders;
    boolean nested = wanted == Layout.NESTED || (wanted == Layout.AUTO && liesDeeper(classes));
    if (!nested && classes.stream().anyMatch(path -> path.size() > 1)) {
      warnings.add(
          "Images in folders within a class are passed over. With --layout nested each folder that holds images is a class.");
    }
    return Optional.of(
        new FolderNaming(
            nested || divided ? Layout.NESTED : Layout.FOLDER,
            outer,
            divided,
            nested ? commonEnd(classes) : -1,
            warnings));
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public Reading read(String name) {
    List<String> folders = Names.folders(name);
    int first = outer + (divided ? 1 : 0);
    if (folders.size() <= first) {
      return Reading.passedOver("beside the classes");
    }
    Part part = null;
    if (divided) {
      part = Part.named(folders.get(outer)).orElse(null);
      if (part == null) {
        return Reading.passedOver("in a folder that is no part of this dataset");
      }
    }
    List<String> path = folders.subList(first, folders.size());
    if (inner < 0) {
      return path.size() == 1
          ? Reading.of(path.get(0), part, Sighting.UNKNOWN)
          : Reading.passedOver("in a folder within a class");
    }
    int end = Math.max(1, path.size() - inner);
    return Reading.of(String.join("/", path.subList(0, end)), part, Sighting.UNKNOWN);
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  private static Optional<Part> partOf(List<String> path) {
    return Part.named(path.get(0));
  }

  /** How many folders lead to all images alike; the last one that holds them is a class. */
  private static int commonFolders(List<List<String>> paths) {
    List<String> common = paths.get(0);
    for (List<String> path : paths) {
      int same = 0;
      while (same < Math.min(common.size(), path.size())
          && common.get(same).equals(path.get(same))) {
        same++;
      }
      common = common.subList(0, same);
    }
    int length = common.size();
    boolean oneFolder = paths.stream().allMatch(path -> path.size() == length);
    return oneFolder && length > 0 ? length - 1 : length;
  }

  /** Whether more images lie in folders of folders than directly in the first ones. */
  private static boolean liesDeeper(List<List<String>> classes) {
    long direct = classes.stream().filter(path -> path.size() == 1).count();
    return direct < classes.size() - direct;
  }

  /** 1 where every class keeps its images in a folder of the same name, such as {@code images}. */
  private static int commonEnd(List<List<String>> classes) {
    Set<String> ends = new HashSet<>();
    classes.forEach(path -> ends.add(path.get(path.size() - 1)));
    return ends.size() == 1 && classes.stream().allMatch(path -> path.size() > 1) ? 1 : 0;
  }
}
