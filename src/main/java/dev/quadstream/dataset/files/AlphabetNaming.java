package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Omniglot (Lake et al., Science 2015): {@code images_background/Greek/character01/0710_01.png}. A
 * character's name says little without its alphabet's, so the label has both.
 */
final class AlphabetNaming implements FileNaming {

  private static final Pattern CHARACTER = Pattern.compile("character\\d+");

  static Optional<FileNaming> recognise(Scan scan) {
    return Names.areMostly(scan.images(), image -> isCharacter(image.name()))
        ? Optional.of(new AlphabetNaming())
        : Optional.empty();
  }

  @Override
  public Layout layout() {
    return Layout.OMNIGLOT;
  }

  @Override
  public Reading read(String name) {
    if (!isCharacter(name)) {
      return Reading.passedOver("not in a character's folder");
    }
    List<String> folders = Names.folders(name);
    int last = folders.size() - 1;
    String above = last < 2 ? "" : folders.get(last - 2);
    Part part =
        above.startsWith("images_background")
            ? Part.TRAIN
            : above.startsWith("images_evaluation") ? Part.TEST : null;
    return Reading.of(folders.get(last - 1) + "/" + folders.get(last), part, Sighting.UNKNOWN);
  }

  private static boolean isCharacter(String name) {
    List<String> folders = Names.folders(name);
    return folders.size() >= 2 && CHARACTER.matcher(folders.get(folders.size() - 1)).matches();
  }
}
