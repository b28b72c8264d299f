package dev.quadstream.serve.model;

import dev.quadstream.image.ImageContent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Images that a network makes something of. What a backbone makes nothing of was a dead letter to
 * the job as well.
 *
 * @param images in their order
 * @param contents what the network's trunk reads of each
 */
record ReadableImages(List<LabeledImage> images, List<ImageContent> contents) {

  static ReadableImages of(QuadrupletNetwork network, List<LabeledImage> images) {
    List<Optional<ImageContent>> read =
        network.readable(images.stream().map(LabeledImage::pixels).toList());
    return new ReadableImages(
        IntStream.range(0, read.size())
            .filter(row -> read.get(row).isPresent())
            .mapToObj(images::get)
            .toList(),
        read.stream().flatMap(Optional::stream).toList());
  }
}
