package dev.quadstream.dataset;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The canonical drawing of every icon of some concepts: gallery and probes for evaluation.
 *
 * <p>Sorted as the concepts are given, then by family; ids are {@code family/concept}. Thread-safe.
 */
public final class IconDataset implements ImageDataset {

  private final IconCatalog catalog;
  private final List<Icon> icons;

  /**
   * The icons of some concepts, such as {@link ConceptSplit#validation()}.
   *
   * @throws IllegalArgumentException if the catalog lacks a concept
   */
  public IconDataset(IconCatalog catalog, Collection<String> concepts) {
    this.catalog = catalog;
    this.icons = concepts.stream().flatMap(concept -> catalog.icons(concept).stream()).toList();
  }

  /** Every icon of the class path at the default size. */
  public static IconDataset all() {
    return all(IconCatalog.shared());
  }

  /** Every icon of a catalog at the default size. */
  public static IconDataset all(IconCatalog catalog) {
    return new IconDataset(catalog, catalog.concepts());
  }

  @Override
  public String name() {
    return catalog.name();
  }

  @Override
  public SortedMap<String, Integer> classSizes() {
    SortedMap<String, Integer> sizes = new TreeMap<>();
    icons.forEach(icon -> sizes.merge(icon.concept(), 1, Integer::sum));
    return sizes;
  }

  @Override
  public DatasetSurvey survey() {
    return new DatasetSurvey(
        name(), "a concept is a class", classSizes(), List.of(), List.of(), List.of(), List.of());
  }

  @Override
  public Stream<EncodedImage> images() {
    return icons.stream()
        .map(
            icon ->
                new EncodedImage(
                    icon.id(),
                    icon.concept(),
                    "image/png",
                    PixelImages.toPng(catalog.render(icon))));
  }

  /** The drawings without the way through a file; captured at 0. */
  public List<LabeledImage> drawings() {
    return icons.stream().map(this::draw).toList();
  }

  private LabeledImage draw(Icon icon) {
    PixelImage image = catalog.render(icon);
    return new LabeledImage(icon.id(), icon.concept(), 0, image);
  }
}
