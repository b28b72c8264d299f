package dev.quadstream.network;

import dev.quadstream.digest.Sha256;
import dev.quadstream.image.ImageShape;
import dev.quadstream.network.pass.ChainDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Everything that determines a network before its first step.
 *
 * @param trunk the convolutional layers; must read images of {@code input}'s size
 * @param input the images' shape; behind a backbone, what it reads
 * @param backbone which makes features of the images, for the adapter; null for other trunks
 * @param embeddingSize the length of an embedding, 2 to 1024
 * @param metric how two embeddings are compared
 * @param updater the rule of the parameter step
 * @param learningRate the step's size, above 0 and at most 10
 * @param seed of the initial parameters
 */
public record NetworkSpec(
    TrunkKind trunk,
    ImageShape input,
    BackboneSpec backbone,
    int embeddingSize,
    MetricKind metric,
    UpdaterKind updater,
    double learningRate,
    long seed) {

  private static final int SMALLEST_EMBEDDING = 2;
  private static final int LARGEST_EMBEDDING = 1024;
  private static final double LARGEST_LEARNING_RATE = 10;

  public NetworkSpec {
    Objects.requireNonNull(trunk, "trunk");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(updater, "updater");
    if ((trunk == TrunkKind.ADAPTER) != (backbone != null)) {
      throw new IllegalArgumentException(
          backbone == null
              ? "The adapter trunk reads features: it needs network.backbone, a network's ONNX file. The other trunks read pixels."
              : "The %s trunk reads pixels, and features of a backbone go into the adapter: leave network.trunk out, or network.backbone."
                  .formatted(trunk.optionName()));
    }
    if (metric == MetricKind.EARLY && backbone != null) {
      throw new IllegalArgumentException(
          "The early metric compares feature maps, and behind a backbone there are none: choose"
              + " network.metric=learned, or leave network.backbone out.");
    }
    trunk.requireSupports(input);
    if (embeddingSize < SMALLEST_EMBEDDING || embeddingSize > LARGEST_EMBEDDING) {
      throw new IllegalArgumentException(
          "The embedding size must be %d to %d, not %d; 64 is a place to start."
              .formatted(SMALLEST_EMBEDDING, LARGEST_EMBEDDING, embeddingSize));
    }
    // Written so that NaN fails too.
    if (!(learningRate > 0 && learningRate <= LARGEST_LEARNING_RATE)) {
      throw new IllegalArgumentException(
          "The learning rate must be above 0 and at most 10, not %s; 0.001 is a place to start."
              .formatted(learningRate));
    }
  }

  /** The number of values that the trunk reads of an image. */
  public int inputSize() {
    return backbone == null ? input.size() : backbone.features();
  }

  /** The bytes of what an image is held as: a byte for a pixel's value, four for a feature. */
  public int contentBytes() {
    return backbone == null ? input.size() : Float.BYTES * backbone.features();
  }

  /**
   * The bytes of what {@link QuadrupletNetwork#reRankingFeatures} holds of an image besides its
   * embedding, while it makes it; 0 where there is no such metric.
   */
  public long reRankingBytes() {
    // What the convolution gives, and what is compared of it.
    return metric == MetricKind.EARLY ? 2L * Float.BYTES * EarlyHead.mapSize(this) : 0;
  }

  /** The names of the network's chains of layers: the trunk's, then those of its pair metric. */
  public List<String> chainNames() {
    return Configurations.chains(this, DataType.FLOAT).stream().map(ChainDefinition::name).toList();
  }

  /**
   * A fingerprint of the parts that give the parameters their meaning: trunk, input, backbone,
   * embedding size and metric. State and model files of one hash fit networks of the same hash;
   * updater, learning rate and seed may differ.
   *
   * @return SHA-256, 64 lower-case hexadecimal digits; the same on every machine and release
   */
  public String configHash() {
    String parts =
        String.format(
            Locale.ROOT,
            "trunk=%s;input=%s;embeddingSize=%d;metric=%s",
            trunk.optionName(),
            input,
            embeddingSize,
            metric.optionName());
    if (backbone != null) {
      parts +=
          String.format(
              Locale.ROOT,
              ";backbone=%s;features=%d;feeding=%s",
              backbone.sha256(),
              backbone.features(),
              backbone.feeding());
    }
    return Sha256.of(parts.getBytes(StandardCharsets.UTF_8));
  }
}
