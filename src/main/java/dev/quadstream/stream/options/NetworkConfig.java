package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.backbone.BackboneOptions;
import dev.quadstream.image.ImageShape;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the network. */
public final class NetworkConfig {

  public static final ConfigOption<String> NAME =
      key("network.name")
          .stringType()
          .defaultValue("quadstream")
          .withDescription("Name of the network: key of its models and folder in the registry.");

  public static final ConfigOption<TrunkKind> TRUNK =
      key("network.trunk")
          .enumType(TrunkKind.class)
          .defaultValue(TrunkKind.RESIDUAL)
          .withDescription(
              "residual (for 28 to 128 pixels a side), small (28 to 32: in four fifths of the time, and learns less), medium (64 to 128) or alexnet (227, the paper's sizes). With network.backbone always adapter, one dense layer. Cannot change on restore.");

  public static final ConfigOption<String> BACKBONE =
      key("network.backbone")
          .stringType()
          .defaultValue("")
          .withDescription(
              "ONNX file of a frozen network that makes features of the images, which are trained on in place of pixels, without augmentation; on any file system that Flink knows. Size and channels of the images are then its input's. Empty: none. Another file cannot take its place on restore.");

  public static final ConfigOption<String> BACKBONE_OUTPUT =
      key("network.backbone.output")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Output of the backbone whose values are the features, where it has several.");

  public static final ConfigOption<BackboneOptions.Layout> BACKBONE_LAYOUT =
      key("network.backbone.layout")
          .enumType(BackboneOptions.Layout.class)
          .defaultValue(BackboneOptions.Layout.NCHW)
          .withDescription(
              "Order of the axes of the backbone's input, where the file does not say it: nchw or nhwc (batch, channels, height, width).");

  public static final ConfigOption<String> BACKBONE_SIZE =
      key("network.backbone.size")
          .stringType()
          .defaultValue("224")
          .withDescription(
              "Pixels that images are resized to, where the backbone reads any size: of each side, or height x width, as 256x128.");

  public static final ConfigOption<String> BACKBONE_MEAN =
      key("network.backbone.mean")
          .stringType()
          .defaultValue("")
          .withDescription(
              "What is subtracted from the values 0 to 1 of each channel before a backbone that reads floats. Empty: ImageNet's, 0.485,0.456,0.406, or 0.449 of grey.");

  public static final ConfigOption<String> BACKBONE_DEVIATION =
      key("network.backbone.std")
          .stringType()
          .defaultValue("")
          .withDescription(
              "What they are divided by then. Empty: ImageNet's, 0.229,0.224,0.225, or 0.226 of grey.");

  public static final ConfigOption<Integer> EMBEDDING_SIZE =
      key("network.embedding-size")
          .intType()
          .defaultValue(64)
          .withDescription("Values in an embedding. Cannot change on restore.");

  public static final ConfigOption<MetricKind> METRIC =
      key("network.metric")
          .enumType(MetricKind.class)
          .defaultValue(MetricKind.LEARNED)
          .withDescription(
              "learned: g by a two-output softmax over features of the pair. euclidean: half the distance of unit vectors. early: learned, and beside it a head on both images' feature maps, by which 'evaluate' re-ranks the nearest; not behind a backbone. Cannot change on restore.");

  public static final ConfigOption<String> START_FROM =
      key("network.start-from")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Model file whose parameters a new run starts from, as its version 0, on any file system of Flink's; of the same trunk, input, embedding size and metric. A run that goes on from a checkpoint keeps its own. Empty: the network that the seed makes.");

  public static final ConfigOption<EmbeddingPrecision> EMBEDDING_PRECISION =
      key("network.embedding-precision")
          .enumType(EmbeddingPrecision.class)
          .defaultValue(EmbeddingPrecision.SINGLE)
          .withDescription(
              "Numbers in which the job computes embeddings to mine, to test before training, and to put out. bfloat16 takes half the time, on processors with AVX-512 BF16 or AMX, and has another nearest neighbour for one image in a hundred; training stays in single precision.");

  private NetworkConfig() {}

  static NetworkSpec of(ReadableConfig config) {
    BackboneSpec backbone = ResolvedBackbone.of(config).map(ResolvedBackbone::spec).orElse(null);
    return new NetworkSpec(
        backbone == null ? config.get(TRUNK) : config.getOptional(TRUNK).orElse(TrunkKind.ADAPTER),
        input(config),
        backbone,
        config.get(EMBEDDING_SIZE),
        config.get(METRIC),
        config.get(TrainingConfig.UPDATER),
        config.get(TrainingConfig.LEARNING_RATE),
        config.get(JobConfig.SEED));
  }

  /** The size of the images that the network, or its backbone, reads. */
  static ImageShape input(ReadableConfig config) {
    return ResolvedBackbone.of(config)
        .map(ResolvedBackbone::input)
        .orElseGet(() -> ImageConfig.shape(config));
  }
}
