package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.digest.Sha256;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException.Reason;
import dev.quadstream.network.QuadrupletNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Decoded images to measure with. */
record EvaluationSet(List<EvaluationImage> entries) {

  EvaluationSet {
    entries = List.copyOf(entries);
  }

  /**
   * The images of some of a dataset's classes that can be decoded and that the network can read.
   */
  static EvaluationSet read(
      ImageDataset dataset,
      Collection<String> classes,
      ImageReading reading,
      QuadrupletNetwork network)
      throws IOException {
    try (Stream<EncodedImage> stream = dataset.images(Set.copyOf(classes)::contains)) {
      return read(stream, reading, network);
    }
  }

  /** The images that can be decoded and that the network can read. */
  static EvaluationSet read(
      Stream<EncodedImage> images, ImageReading reading, QuadrupletNetwork network) {
    List<EvaluationImage> decoded = images.flatMap(image -> read(image, reading).stream()).toList();
    List<Optional<ImageContent>> contents =
        network.readable(decoded.stream().map(EvaluationImage::image).toList());
    List<EvaluationImage> readable = new ArrayList<>();
    for (int row = 0; row < contents.size(); row++) {
      EvaluationImage image = decoded.get(row);
      contents
          .get(row)
          .ifPresentOrElse(
              content -> readable.add(image.seenAs(content)),
              () ->
                  reading.refuse(
                      image.id(),
                      Reason.WITHOUT_FEATURES,
                      "The backbone makes nothing of it that can be used."));
    }
    return new EvaluationSet(readable);
  }

  private static Optional<EvaluationImage> read(EncodedImage encoded, ImageReading reading) {
    return reading
        .read(encoded)
        .map(
            image ->
                new EvaluationImage(
                    image.id(),
                    image.pixels(),
                    image.image(),
                    image.label(),
                    encoded.sighting(),
                    Sha256.of(encoded.bytes())));
  }

  /** These images, then the other's. */
  EvaluationSet and(EvaluationSet other) {
    return new EvaluationSet(Stream.concat(entries.stream(), other.entries.stream()).toList());
  }

  /** Those that fit. */
  EvaluationSet only(Predicate<EvaluationImage> wanted) {
    return new EvaluationSet(entries.stream().filter(wanted).toList());
  }

  int size() {
    return entries.size();
  }

  long classes() {
    return labels().stream().distinct().count();
  }

  long distractors() {
    return entries.stream().filter(image -> image.sighting().distractor()).count();
  }

  boolean knowsCameras() {
    return entries.stream().anyMatch(image -> image.sighting().camera() != null);
  }

  /** The images of the other set that are in this one, byte for byte: of each its twin here. */
  Map<EvaluationImage, EvaluationImage> sharedWith(EvaluationSet other) {
    Map<String, EvaluationImage> byDigest =
        entries.stream()
            .collect(
                Collectors.toMap(
                    EvaluationImage::digest, Function.identity(), (first, second) -> first));
    return other.entries.stream()
        .filter(image -> byDigest.containsKey(image.digest()))
        .collect(
            Collectors.toMap(
                Function.identity(),
                image -> byDigest.get(image.digest()),
                (first, second) -> first,
                LinkedHashMap::new));
  }

  LabeledVectors rawPixels(Map<String, Integer> cameras) {
    return vectors(RawPixels.of(images()), cameras);
  }

  LabeledVectors embeddings(
      QuadrupletNetwork network, float[][] embeddings, Map<String, Integer> cameras) {
    return vectors(embeddings, cameras).seenAs(network.features(contents(), embeddings));
  }

  /**
   * An image that the same camera took of the same class is not a find.
   *
   * @param cameras numbers of class and camera, which grow, and which gallery and probes share;
   *     null where cameras do not count
   */
  private LabeledVectors vectors(float[][] vectors, Map<String, Integer> cameras) {
    return cameras == null
        ? LabeledVectors.of(vectors, labels())
        : LabeledVectors.grouped(vectors, labels(), groups(cameras));
  }

  private int[] groups(Map<String, Integer> cameras) {
    return IntStream.range(0, entries.size())
        .map(
            index -> {
              EvaluationImage image = entries.get(index);
              String camera = image.sighting().camera();
              return camera == null
                  ? -1 - cameras.merge("", 1, Integer::sum)
                  : cameras.computeIfAbsent(
                      image.label() + "\n" + camera, unknown -> cameras.size() + 1);
            })
        .toArray();
  }

  /** What the network reads of them. */
  List<ImageContent> contents() {
    return entries.stream().map(EvaluationImage::content).toList();
  }

  private List<PixelImage> images() {
    return entries.stream().map(EvaluationImage::image).toList();
  }

  private List<String> labels() {
    return entries.stream().map(EvaluationImage::label).toList();
  }
}
