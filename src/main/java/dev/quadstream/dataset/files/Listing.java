package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import dev.quadstream.dataset.MissingPartException;
import dev.quadstream.dataset.Part;
import dev.quadstream.json.FieldLimits;
import java.nio.file.FileSystems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Sorts looked-at files into images, by a layout, and what is passed over. */
final class Listing {

  private final List<ListedFile> images = new ArrayList<>();
  private final Map<String, List<String>> passedOver = new LinkedHashMap<>();
  private final SortedSet<String> classesSeen = new TreeSet<>();

  private Listing() {}

  /**
   * The dataset of some files.
   *
   * @param emptyFolders folders that would be classes if they held anything
   * @param hidden files and folders that nobody sees
   * @param name of the dataset
   * @throws DatasetException if the part that is asked for is not there, or holds fewer than two
   *     classes
   */
  static FileDataset of(
      List<ScannedFile> files,
      FileNaming naming,
      Set<String> emptyFolders,
      List<String> hidden,
      String name,
      DatasetOptions options) {
    Listing listing = new Listing();
    for (ScannedFile file : files) {
      listing.add(file, naming.read(file.name()));
    }
    for (String folder : emptyFolders) {
      Reading reading = naming.read(folder + "/file");
      if (reading.passedOver() == null) {
        listing.classesSeen.add(reading.label());
      }
    }
    return listing.dataset(naming, hidden, name, options);
  }

  private void add(ScannedFile file, Reading reading) {
    if (reading.passedOver() != null) {
      // A text beside the images says nothing of the layout that passes it over.
      passOver(file.isUsable() ? reading.passedOver() : file.problem(), file.name());
      return;
    }
    classesSeen.add(reading.label());
    if (!file.isUsable()) {
      passOver(file.problem(), file.name());
      return;
    }
    images.add(
        new ListedFile(
            file.path(),
            file.name(),
            reading.label(),
            reading.part(),
            file.content().mediaType(),
            file.bytes(),
            reading.sighting()));
  }

  private void passOver(String reason, String name) {
    passedOver.computeIfAbsent(reason, unknown -> new ArrayList<>()).add(name);
  }

  private FileDataset dataset(
      FileNaming naming, List<String> hidden, String name, DatasetOptions options) {
    String prefix = options.idPrefix() == null ? name : options.idPrefix();
    images.removeIf(image -> isPassedOverForItsId(image, prefix));
    SortedSet<String> lost = new TreeSet<>(classesSeen);
    images.forEach(image -> lost.remove(image.label()));
    List<String> warnings = new ArrayList<>(naming.warnings());
    List<ListedFile> chosen = new ArrayList<>(chosen(name, options, warnings));
    chosen.sort(Comparator.comparing(ListedFile::label).thenComparing(ListedFile::id));
    return new FileDataset(
        withUniqueIds(chosen, prefix),
        new DatasetSurvey(
            name,
            naming.layout().description(),
            new TreeMap<>(),
            reasons(),
            leftOut(chosen, hidden),
            List.copyOf(lost),
            warnings));
  }

  private boolean isPassedOverForItsId(ListedFile image, String prefix) {
    Optional<String> problem =
        FieldLimits.problem(prefix + "/" + image.id(), FieldLimits.MAX_ID_BYTES);
    problem.ifPresent(what -> passOver("under a name " + what, image.id()));
    return problem.isPresent();
  }

  /** The images of the wanted part, or all of a dataset that is not divided. */
  private List<ListedFile> chosen(String name, DatasetOptions options, List<String> warnings) {
    Part wanted = options.part();
    Map<Part, Long> sizes = new EnumMap<>(Part.class);
    for (ListedFile image : images) {
      if (image.part() != null) {
        sizes.merge(image.part(), 1L, Long::sum);
      }
    }
    if (sizes.isEmpty()) {
      if (!images.isEmpty()) {
        options.requireUndivided(name);
      }
      return images;
    }
    Part part = wanted;
    while (!options.partAsked() && !includesAny(part, sizes.keySet()) && part != part.fallback()) {
      part = part.fallback();
    }
    long ofNone = images.stream().filter(image -> image.part() == null).count();
    if (!includesAny(part, sizes.keySet())) {
      throw new MissingPartException(
          "%s has no part %s: it has %s. Choose another with --part where the command has it, or call a folder or split so."
              .formatted(name, wanted.text(), texts(sizes, ofNone)));
    }
    if (part == Part.ALL) {
      return images;
    }
    Part taken = part;
    sizes.keySet().removeIf(part::includes);
    if (!sizes.isEmpty() || ofNone > 0) {
      warnings.add(
          "Taken is the part %s; left out are %s. --part, where the command has it, chooses another one, or 'all'."
              .formatted(part.text(), texts(sizes, ofNone)));
    }
    return images.stream().filter(image -> taken.includes(image.part())).toList();
  }

  private static boolean includesAny(Part part, Collection<Part> parts) {
    return parts.stream().anyMatch(part::includes);
  }

  private static String texts(Map<Part, Long> sizes, long ofNone) {
    List<String> texts = new ArrayList<>();
    sizes.forEach(
        (part, size) ->
            texts.add(String.format(Locale.ROOT, "%s (%,d images)", part.text(), size)));
    if (ofNone > 0) {
      texts.add(String.format(Locale.ROOT, "%,d images of no part", ofNone));
    }
    return String.join(", ", texts);
  }

  private List<PassedOver> reasons() {
    return passedOver.entrySet().stream()
        .map(entry -> new PassedOver(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingInt(PassedOver::files).reversed())
        .toList();
  }

  private List<PassedOver> leftOut(List<ListedFile> chosen, List<String> hidden) {
    Set<ListedFile> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    taken.addAll(chosen);
    Map<String, List<String>> others = new TreeMap<>();
    for (ListedFile image : images) {
      if (!taken.contains(image)) {
        String reason = image.part() == null ? "of no part" : "of the part " + image.part().text();
        others.computeIfAbsent(reason, unknown -> new ArrayList<>()).add(image.id());
      }
    }
    List<PassedOver> leftOut = new ArrayList<>();
    others.forEach((reason, names) -> leftOut.add(new PassedOver(reason, names)));
    if (!hidden.isEmpty()) {
      leftOut.add(new PassedOver("hidden, or a system's own", hidden));
    }
    return leftOut;
  }

  /** Names that differ in their Unicode form alone are equal here, and their files are not. */
  private static List<ListedFile> withUniqueIds(List<ListedFile> files, String prefix) {
    Map<String, Integer> taken = new HashMap<>();
    return files.stream()
        .map(
            file -> {
              String id = prefix + "/" + file.id();
              int number = taken.merge(id, 1, Integer::sum);
              return file.withId(number == 1 ? id : id + "#" + number);
            })
        .toList();
  }

  /** Why a folder is not laid out as wanted: what was expected and what is there. */
  static String notLaidOut(Scan scan, String name, Layout wanted) {
    boolean archive = scan.root().getFileSystem() != FileSystems.getDefault();
    String what = archive ? "The archive " + name : scan.root().toString();
    Map<String, List<String>> found = new TreeMap<>();
    for (ScannedFile file : scan.files()) {
      found
          .computeIfAbsent(
              file.isUsable() ? "images" : file.problem(), unknown -> new ArrayList<>())
          .add(file.name());
    }
    String there =
        found.isEmpty()
            ? "nothing"
            : found.entrySet().stream()
                .map(
                    entry ->
                        String.format(
                            Locale.ROOT,
                            "%,d %s (such as %s)",
                            entry.getValue().size(),
                            entry.getKey(),
                            entry.getValue().get(0)))
                .collect(Collectors.joining("; "));
    if (wanted != Layout.AUTO) {
      return "%s is not laid out as %s (%s). Found: %s. --layout auto takes what fits."
          .formatted(what, wanted, wanted.description(), there);
    }
    return "%s holds no classes. Found: %s. Put the images of each class into a sub-folder of its own, or give a list 'path,label' of them.%s"
        .formatted(what, there, listAmong(scan));
  }

  private static String listAmong(Scan scan) {
    return scan.files().stream()
        .map(ScannedFile::name)
        .filter(name -> name.toLowerCase(Locale.ROOT).matches(".*\\.(?:csv|tsv)"))
        .findFirst()
        .map(list -> " If %s is one, name it in place of the folder.".formatted(list))
        .orElse("");
  }

  static String withoutEnding(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
