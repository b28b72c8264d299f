package dev.quadstream.experiment;

import dev.quadstream.dataset.ImageReading;
import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.training.LoopOptions;
import java.util.Map;
import java.util.function.Function;

/**
 * What an experiment needs of the pipeline's options.
 *
 * @param loop what is learned
 * @param decoders of images to a size
 * @param content decodes to what the network reads
 */
public record PipelineOptions(
    LoopOptions loop, Function<ImageShape, ImageDecoder> decoders, ContentDecoder content) {

  /** Knows the options by the keys under which people set them. */
  @FunctionalInterface
  public interface Reader {

    /**
     * The options with these values, and all others at their defaults.
     *
     * @throws RuntimeException naming a key that is not known, or a value out of range
     */
    PipelineOptions read(Map<String, String> values);
  }

  /** Reads images as the network takes them. */
  ImageReading reading() {
    return new ImageReading(content);
  }
}
