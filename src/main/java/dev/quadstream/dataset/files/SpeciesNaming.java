package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * CUB-200-2011 (Wah et al., 2011): {@code images/001.Black_footed_Albatross/….jpg}, with {@code
 * images.txt} and {@code train_test_split.txt} beside.
 */
final class SpeciesNaming implements FileNaming {

  private static final String IMAGES = "images";
  private static final String LIST = "images.txt";
  private static final Pattern SPECIES = Pattern.compile("\\d{3}\\..+");

  private final Map<String, Part> parts;

  private SpeciesNaming(Map<String, Part> parts) {
    this.parts = parts;
  }

  static Optional<FileNaming> recognise(Scan scan) {
    boolean listed = scan.find(LIST).isPresent();
    boolean named = scan.images().stream().anyMatch(image -> isSpecies(image.name()));
    return listed && named ? Optional.of(new SpeciesNaming(partsOf(scan))) : Optional.empty();
  }

  @Override
  public Layout layout() {
    return Layout.CUB;
  }

  @Override
  public Reading read(String name) {
    if (!isSpecies(name)) {
      return Reading.passedOver("not in a species' folder");
    }
    String species = Names.folder(name);
    return Reading.of(species, parts.get(species + "/" + Names.file(name)), Sighting.UNKNOWN);
  }

  private static boolean isSpecies(String name) {
    List<String> folders = Names.folders(name);
    int last = folders.size() - 1;
    return last >= 1
        && folders.get(last - 1).equals(IMAGES)
        && SPECIES.matcher(folders.get(last)).matches();
  }

  /** {@code images.txt} numbers the images, {@code train_test_split.txt} has a 1 for training. */
  private static Map<String, Part> partsOf(Scan scan) {
    Map<String, Part> byNumber = new HashMap<>();
    scan.find("train_test_split.txt")
        .ifPresent(
            file ->
                TextLines.of(file.path()).stream()
                    .map(line -> line.split("\\s+"))
                    .filter(columns -> columns.length == 2)
                    .forEach(
                        columns ->
                            byNumber.put(
                                columns[0], columns[1].equals("1") ? Part.TRAIN : Part.TEST)));
    Map<String, Part> parts = new HashMap<>();
    scan.find(LIST).map(file -> TextLines.of(file.path())).orElse(List.of()).stream()
        .map(line -> line.split("\\s+", 2))
        .filter(columns -> columns.length == 2 && byNumber.containsKey(columns[0]))
        .forEach(columns -> parts.put(columns[1], byNumber.get(columns[0])));
    return parts;
  }
}
