package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Decoded images to measure with. */
record EvaluationSet(List<PixelImage> images, List<String> labels) {

  /** The images of some of a dataset's classes. */
  static EvaluationSet read(ImageDataset dataset, Collection<String> classes, ImageReading reading)
      throws IOException {
    List<PixelImage> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    try (Stream<EncodedImage> stream = dataset.images()) {
      stream
          .filter(image -> classes.contains(image.label()))
          .flatMap(image -> reading.read(image).stream())
          .forEach(image -> add(image, images, labels));
    }
    return new EvaluationSet(images, labels);
  }

  private static void add(LabeledImage image, List<PixelImage> images, List<String> labels) {
    images.add(image.image());
    labels.add(image.label());
  }

  /** These images, then the other's. */
  EvaluationSet and(EvaluationSet other) {
    return new EvaluationSet(
        Stream.concat(images.stream(), other.images.stream()).toList(),
        Stream.concat(labels.stream(), other.labels.stream()).toList());
  }

  long classes() {
    return labels.stream().distinct().count();
  }

  LabeledVectors rawPixels() {
    return LabeledVectors.of(RawPixels.of(images), labels);
  }

  LabeledVectors embeddings(QuadrupletNetwork network) {
    return LabeledVectors.of(network.embed(images), labels);
  }
}
