package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stanford Online Products (Oh Song et al., CVPR 2016): twelve folders of kinds, the product in the
 * file's name, and lists that say which products are to learn from.
 */
final class ProductNaming implements FileNaming {

  private static final Pattern PRODUCT =
      Pattern.compile("(?:.*/)?[^/]+_final/(\\d+)_\\d+\\.[A-Za-z]+");
  private static final Map<String, Part> LISTS =
      Map.of("Ebay_train.txt", Part.TRAIN, "Ebay_test.txt", Part.TEST);

  private final Map<String, Part> parts;

  private ProductNaming(Map<String, Part> parts) {
    this.parts = parts;
  }

  static Optional<FileNaming> recognise(Scan scan) {
    return Names.areMostly(scan.images(), image -> PRODUCT.matcher(image.name()).matches())
        ? Optional.of(new ProductNaming(partsOf(scan)))
        : Optional.empty();
  }

  @Override
  public Layout layout() {
    return Layout.SOP;
  }

  @Override
  public Reading read(String name) {
    Matcher matcher = PRODUCT.matcher(name);
    if (!matcher.matches()) {
      return Reading.passedOver("not named as the images of this dataset");
    }
    Part part = parts.get(Names.folder(name) + "/" + Names.file(name));
    if (part == null && !parts.isEmpty()) {
      return Reading.passedOver("in none of the dataset's lists");
    }
    return Reading.of(matcher.group(1), part, Sighting.UNKNOWN);
  }

  private static Map<String, Part> partsOf(Scan scan) {
    Map<String, Part> parts = new HashMap<>();
    LISTS.forEach(
        (list, part) ->
            scan.find(list)
                .ifPresent(
                    file ->
                        TextLines.of(file.path()).stream()
                            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                            .forEach(image -> parts.put(image, part))));
    return parts;
  }
}
