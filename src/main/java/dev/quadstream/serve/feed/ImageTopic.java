package dev.quadstream.serve.feed;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.serve.state.ClassArrivals;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.ModelsState;
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
  private final Gallery gallery;
  private final EncodedImages encoded;
  private final ClassArrivals arrivals;
  private final ImageRecordParser parser;
  private final ImageSampler sampler;
  private final Function<ImageShape, ImageDecoder> decoders;
  private volatile ImageDecoder decoder;
  private volatile String input;

  public ImageTopic(
      Topics topics,
      ModelsState models,
      Gallery gallery,
      EncodedImages encoded,
      ClassArrivals arrivals,
      ImageRecordParser parser,
      Function<ImageShape, ImageDecoder> decoders) {
    this.topics = topics;
    this.models = models;
    this.gallery = gallery;
    this.parser = parser;
    this.sampler = new ImageSampler(gallery, encoded);
    this.encoded = encoded;
    this.arrivals = arrivals;
    this.decoders = decoders;
  }

  /** How many of its last records the topic is read from; empty before a model is known. */
  public Map<String, Long> depths() {
    return decoder().isPresent() ? Map.of(topics.images(), IMAGES) : Map.of();
  }

  /** Brings images to the size that the run's networks read, once that is known. */
  public Optional<ImageDecoder> decoder() {
    ModelManifest manifest = models.newestManifest();
    if (manifest != null && !manifest.network().input().equals(input)) {
      resize(manifest.network().input());
    }
    return Optional.ofNullable(decoder);
  }

  /** A run of another size than the one before: the gallery is made anew of what is at hand. */
  private synchronized void resize(String wanted) {
    if (wanted.equals(input)) {
      return;
    }
    decoder = decoders.apply(shape(wanted));
    input = wanted;
    for (LabeledImage image : gallery.images()) {
      gallery.remove(image.id());
      encoded
          .record(image.id(), image.label(), image.capturedAt())
          .ifPresent(known -> sampler.take(known, decoder));
    }
  }

  /** Why images that are not in their records are lacking; null where none are. */
  public String problem() {
    return sampler.problem();
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

  public synchronized void take(ConsumerRecord<byte[], byte[]> message) {
    ParsedRecord parsed = parser.parse(SourceRecord.of(message));
    encoded.take(parsed);
    sampler.take(parsed, decoder);
    if (parsed instanceof ImageReceived received) {
      met(received.label(), received.id(), received.capturedAt());
    } else if (parsed instanceof ImageReferenced referenced) {
      met(referenced.label(), referenced.id(), referenced.capturedAt());
    } else if (parsed instanceof ImageRemoved removed) {
      arrivals.remove(removed.id());
      models.frames().remove(removed.id());
    }
  }

  private void met(String label, String id, long capturedAt) {
    if (label != null) {
      arrivals.met(label, id, capturedAt);
    }
  }
}
