package dev.quadstream.network;

import dev.quadstream.digest.Sha256;
import dev.quadstream.image.ImageShape;
import dev.quadstream.network.pass.ChainDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Everything that determines a network before its first step.
 *
 * @param trunk the convolutional layers; must read images of {@code input}'s size
 * @param input the images' shape
 * @param embeddingSize the length of an embedding, 2 to 1024
 * @param metric how two embeddings are compared
 * @param updater the rule of the parameter step
 * @param learningRate the step's size, above 0 and at most 10
 * @param seed of the initial parameters
 */
public record NetworkSpec(
    TrunkKind trunk,
    ImageShape input,
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

  /** The names of the network's chains of layers: the trunk's, then those of its pair metric. */
  public List<String> chainNames() {
    return Configurations.chains(this, DataType.FLOAT).stream().map(ChainDefinition::name).toList();
  }

  /**
   * A fingerprint of the parts that give the parameters their meaning: trunk, input, embedding size
   * and metric. State and model files of one hash fit networks of the same hash; updater, learning
   * rate and seed may differ.
   *
   * @return SHA-256, 64 lower-case hexadecimal digits; the same on every machine and release
   */
  public String configHash() {
    String parts =
        "trunk=%s;input=%s;embeddingSize=%d;metric=%s"
            .formatted(trunk.optionName(), input, embeddingSize, metric.optionName());
    return Sha256.of(parts.getBytes(StandardCharsets.UTF_8));
  }
}
