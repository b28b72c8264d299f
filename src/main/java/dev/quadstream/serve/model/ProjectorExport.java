package dev.quadstream.serve.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.Topics;
import dev.quadstream.kafka.TopicsConsumer;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.feed.ImageSampler;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.Sprite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes a class-balanced sample of the stream, embedded by the newest model, as TensorBoard's
 * embedding projector reads it: {@code vectors.tsv}, {@code metadata.tsv}, {@code sprite.png} and
 * {@code projector_config.pbtxt}.
 */
public final class ProjectorExport {

  private static final long RECORDS = 200_000;
  private static final int IMAGES_A_CLASS = 8;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The projector draws no larger sprite than 8,192 pixels a side. */
  private static final int LARGEST_SPRITE = 8_192;

  private final KafkaConnection kafka;
  private final Topics topics;
  private final ModelRegistry registry;
  private final String network;
  private final ImageRecordParser parser;
  private final ReferencedContent elsewhere;
  private final Function<ImageShape, ImageDecoder> decoders;

  /**
   * An export of one network's run.
   *
   * @param parser of the images topic, as the job has it
   * @param elsewhere reads images that are not in their records
   * @param decoders of images to a size, with the limits and the ground of the job
   */
  public ProjectorExport(
      KafkaConnection kafka,
      Topics topics,
      ModelRegistry registry,
      String network,
      ImageRecordParser parser,
      ReferencedContent elsewhere,
      Function<ImageShape, ImageDecoder> decoders) {
    this.kafka = kafka;
    this.topics = topics;
    this.registry = registry;
    this.network = network;
    this.parser = parser;
    this.elsewhere = elsewhere;
    this.decoders = decoders;
  }

  /**
   * What was written.
   *
   * @param version of the model that embedded the images
   * @param images how many
   * @param classes of how many classes
   * @param unreadable how many others its backbone makes nothing of
   */
  public record Written(long version, int images, int classes, int unreadable) {}

  /**
   * Writes the four files, over those of the same names.
   *
   * @param directory where to; made if absent
   * @param maxImages at most about so many, at least 8
   * @throws IllegalStateException if there is no model or no image yet
   * @throws dev.quadstream.kafka.KafkaUnreachableException if no broker answers
   * @throws dev.quadstream.registry.RegistryException if the model's file cannot be read
   */
  public Written write(Path directory, int maxImages) throws IOException, ModelFormatException {
    if (maxImages < IMAGES_A_CLASS) {
      throw new IllegalArgumentException(
          "At least %d images are exported, not %d.".formatted(IMAGES_A_CLASS, maxImages));
    }
    ModelManifest newest =
        registry
            .latest(network)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "The registry holds no model of the network '%s': check its directory and the name, or wait for the first model."
                            .formatted(network)));
    LoadedModel model = registry.load(newest, ModelFile::parameters).loadToEmbed();
    try (QuadrupletNetwork loaded = model.network()) {
      List<LabeledImage> sample = sample(decoders.apply(loaded.spec().input()), maxImages);
      ReadableImages readable = ReadableImages.of(loaded, sample);
      List<LabeledImage> images = readable.images();
      if (images.isEmpty()) {
        throw new IllegalStateException(
            "The network's backbone makes nothing of any of the %d images of the topic '%s' that were looked at."
                .formatted(sample.size(), topics.images()));
      }
      Files.createDirectories(directory);
      writeFiles(directory, images, loaded.embed(readable.contents()));
      long classes = images.stream().map(LabeledImage::label).distinct().count();
      return new Written(
          newest.identity().version(), images.size(), (int) classes, sample.size() - images.size());
    }
  }

  private List<LabeledImage> sample(ImageDecoder decoder, int maxImages) {
    Gallery gallery = new Gallery(maxImages / IMAGES_A_CLASS, IMAGES_A_CLASS);
    ImageSampler sampler = new ImageSampler(gallery, elsewhere);
    try (TopicsConsumer records =
        TopicsConsumer.recent(kafka, Map.of(topics.images(), RECORDS), Map.of())) {
      long deadline = System.nanoTime() + TIMEOUT.toNanos();
      while (!records.hasCaughtUp()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "The topic '%s' fell silent for %d s before its end was read: check that its brokers are up."
                  .formatted(topics.images(), TIMEOUT.toSeconds()));
        }
        for (ConsumerRecord<byte[], byte[]> message : records.poll(POLL)) {
          sampler.take(parser.parse(SourceRecord.of(message)), decoder);
          deadline = System.nanoTime() + TIMEOUT.toNanos();
        }
      }
    }
    List<LabeledImage> images = gallery.images();
    if (images.isEmpty()) {
      throw new IllegalStateException(
          "The topic '%s' holds no image that can be read.%s"
              .formatted(
                  topics.images(), sampler.problem() == null ? "" : " " + sampler.problem()));
    }
    return images;
  }

  private static void writeFiles(Path directory, List<LabeledImage> images, float[][] embeddings)
      throws IOException {
    StringBuilder vectors = new StringBuilder();
    for (float[] embedding : embeddings) {
      for (int d = 0; d < embedding.length; d++) {
        vectors.append(d == 0 ? "" : "\t").append(embedding[d]);
      }
      vectors.append('\n');
    }
    Files.writeString(directory.resolve("vectors.tsv"), vectors, UTF_8);
    Files.writeString(
        directory.resolve("metadata.tsv"),
        images.stream()
            .map(image -> field(image.label()) + "\t" + field(image.id()) + "\n")
            .collect(Collectors.joining("", "label\tid\n", "")),
        UTF_8);
    Sprite sprite = new Sprite(images.get(0).pixels().shape());
    boolean hasSprite =
        Sprite.columns(images.size()) * Math.max(sprite.tileWidth(), sprite.tileHeight())
            <= LARGEST_SPRITE;
    if (hasSprite) {
      Files.write(directory.resolve("sprite.png"), sprite.png(images));
    }
    Files.writeString(
        directory.resolve("projector_config.pbtxt"), configuration(hasSprite ? sprite : null));
  }

  /** A ProjectorConfig as protobuf text, the one form that TensorBoard's plugin looks for. */
  private static String configuration(Sprite sprite) {
    String pictures =
        sprite == null
            ? ""
            : """
                sprite {
                  image_path: "sprite.png"
                  single_image_dim: %d
                  single_image_dim: %d
                }
              """
                .formatted(sprite.tileWidth(), sprite.tileHeight());
    return """
        embeddings {
          tensor_name: "quadstream"
          tensor_path: "vectors.tsv"
          metadata_path: "metadata.tsv"
        %s}
        """
        .formatted(pictures);
  }

  /** A tab or a line break within a label would shift everything behind it. */
  private static String field(String text) {
    return text.replaceAll("[\\t\\r\\n\\u000B\\f\\u0085\\u2028\\u2029]", " ");
  }
}
