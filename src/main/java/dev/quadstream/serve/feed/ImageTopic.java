package dev.quadstream.serve.feed;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.serve.state.ClassArrivals;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.NewestBytes;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The job's input, for its pictures. Read once a model is known, whose input size the pictures are
 * brought to.
 */
public final class ImageTopic {

  private static final long IMAGES = 50_000;

  private final Topics topics;
  private final ModelsState models;
  private final NewestBytes encoded;
  private final ClassArrivals arrivals;
  private final ImageSampler sampler;
  private final Function<ImageShape, ImageDecoder> decoders;
  private volatile ImageDecoder decoder;

  public ImageTopic(
      Topics topics,
      ModelsState models,
      Gallery gallery,
      NewestBytes encoded,
      ClassArrivals arrivals,
      ImageRecordParser parser,
      Function<ImageShape, ImageDecoder> decoders) {
    this.topics = topics;
    this.models = models;
    this.sampler = new ImageSampler(gallery, parser);
    this.encoded = encoded;
    this.arrivals = arrivals;
    this.decoders = decoders;
  }

  /** How many of its last records the topic is read from; empty before a model is known. */
  public Map<String, Long> depths() {
    return decoder().isPresent() ? Map.of(topics.images(), IMAGES) : Map.of();
  }

  /** Brings images to the size that the network reads, once that is known. */
  public Optional<ImageDecoder> decoder() {
    ModelManifest manifest = models.newestManifest();
    if (decoder == null && manifest != null) {
      decoder = decoders.apply(shape(manifest.network().input()));
    }
    return Optional.ofNullable(decoder);
  }

  /** Reads {@code CxHxW}, as manifests write it. */
  static ImageShape shape(String text) {
    String[] sides = text.split("x", -1);
    if (sides.length != 3) {
      throw new IllegalArgumentException(
          "A manifest gives the input size as '%s', not as CxHxW.".formatted(text));
    }
    return new ImageShape(
        Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), Integer.parseInt(sides[2]));
  }

  public void take(ConsumerRecord<byte[], byte[]> message) {
    ParsedRecord parsed = sampler.take(message, decoder);
    if (parsed instanceof ImageReceived received) {
      encoded.put(received.id(), received.encoded());
      if (received.label() != null) {
        arrivals.met(received.label(), received.id(), received.capturedAt());
      }
    } else if (parsed instanceof ImageRemoved removed) {
      encoded.remove(removed.id());
      arrivals.remove(removed.id());
      models.frames().remove(removed.id());
    }
  }
}
