package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Image files with the classes that a layout gave them. The files' bytes go out as they are, sorted
 * by class, then by name, or in a drawn order. Immutable and thread-safe.
 */
public final class FileDataset implements ImageDataset {

  private final String name;
  private final List<ListedFile> files;
  private final DatasetSurvey found;

  /**
   * Takes what a layout found.
   *
   * @param found the survey, whose classes and warnings of duplicates are counted here
   * @throws DatasetException if there are fewer than two classes
   */
  FileDataset(List<ListedFile> files, DatasetSurvey found) {
    this(found.name(), files, found);
    requireTwoClasses();
  }

  private FileDataset(String name, List<ListedFile> files, DatasetSurvey found) {
    this.name = name;
    this.files = List.copyOf(files);
    this.found = found;
  }

  /** The same images in an order drawn by that seed: class by class is no stream to learn from. */
  public FileDataset shuffled(long seed) {
    List<ListedFile> shuffled = new ArrayList<>(files);
    Collections.shuffle(shuffled, new Random(seed));
    return new FileDataset(name, shuffled, found);
  }

  @Override
  public ImageDataset toTrainOn() {
    Map<Boolean, List<ListedFile>> distractors =
        files.stream().collect(Collectors.partitioningBy(file -> file.sighting().distractor()));
    if (distractors.get(true).isEmpty()) {
      return this;
    }
    PassedOver leftOut =
        new PassedOver(
            "a distractor, which is not trained on",
            distractors.get(true).stream().map(ListedFile::id).toList());
    return new FileDataset(name, distractors.get(false), found.leaving(leftOut));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SortedMap<String, Integer> classSizes() {
    SortedMap<String, Integer> sizes = new TreeMap<>();
    files.forEach(file -> sizes.merge(file.label(), 1, Integer::sum));
    return sizes;
  }

  @Override
  public Set<Part> parts() {
    return files.stream()
        .map(ListedFile::part)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Stream<EncodedImage> images() {
    return images(label -> true);
  }

  @Override
  public Stream<EncodedImage> images(Predicate<String> classes) {
    return files.stream().filter(file -> classes.test(file.label())).map(ListedFile::read);
  }

  @Override
  public Stream<EncodedImage> sample(int count) {
    return shuffled(count).images().limit(count);
  }

  /** The others are not read. */
  @Override
  public Stream<EncodedImage> draw(Predicate<String> classes, int count, long seed) {
    return shuffled(seed).images(classes).limit(count);
  }

  /** What is here; compares files of equal size, which reads them. */
  @Override
  public DatasetSurvey survey() {
    return new DatasetSurvey(
            name,
            found.layout(),
            classSizes(),
            found.passedOver(),
            found.leftOut(),
            found.lostClasses(),
            found.warnings())
        .with(DuplicateFiles.warnings(files));
  }

  private void requireTwoClasses() {
    SortedSet<String> labels = labels();
    if (labels.size() > 1) {
      return;
    }
    String passedOver =
        found.passedOver().isEmpty()
            ? ""
            : " Passed over: "
                + String.join(
                    "; ",
                    found.passedOver().stream()
                        .map(
                            files ->
                                "%,d files: %s, such as %s"
                                    .formatted(files.files(), files.reason(), files.example()))
                        .toList())
                + ".";
    throw new DatasetException(
        labels.isEmpty()
            ? "%s holds no image of a class.%s Put images into one sub-folder for each class."
                .formatted(name, passedOver)
            : "%s holds only the class '%s'.%s Add images of other classes: telling classes apart needs at least two."
                .formatted(name, labels.first(), passedOver));
  }
}
