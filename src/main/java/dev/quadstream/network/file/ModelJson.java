package dev.quadstream.network.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quadstream.image.ImageShape;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code model.json}: what a model file says about itself. Unknown fields are ignored.
 *
 * @param chains the names of the network's chains, each with an archive in the file
 */
record ModelJson(NetworkSpec spec, ModelInfo info, List<String> chains) {

  static final int FORMAT_VERSION = 2;

  /** The first version named no chains: the learned metric's head was the only one there was. */
  private static final int WITHOUT_CHAINS = 1;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  byte[] toBytes() {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("formatVersion", FORMAT_VERSION);
    root.put("version", info.version());
    root.put("alpha1", info.alpha1());
    root.put("alpha2", info.alpha2());
    root.put("configHash", spec.configHash());
    ObjectNode network = root.putObject("network");
    network.put("trunk", spec.trunk().optionName());
    network.put("channels", spec.input().channels());
    network.put("height", spec.input().height());
    network.put("width", spec.input().width());
    network.put("embeddingSize", spec.embeddingSize());
    network.put("metric", spec.metric().optionName());
    network.put("updater", spec.updater().optionName());
    network.put("learningRate", spec.learningRate());
    network.put("seed", spec.seed());
    if (spec.backbone() != null) {
      ObjectNode backbone = network.putObject("backbone");
      backbone.put("sha256", spec.backbone().sha256());
      backbone.put("features", spec.backbone().features());
      backbone.put("feeding", spec.backbone().feeding());
    }
    ArrayNode names = root.putArray("chains");
    chains.forEach(names::add);
    ObjectNode extra = root.putObject("extra");
    info.extra().forEach(extra::put);
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing JSON to memory failed.", e);
    }
  }

  /**
   * @throws ModelFormatException for another format version, or a field that is missing, of another
   *     type or out of range
   */
  static ModelJson fromBytes(byte[] bytes) throws ModelFormatException {
    JsonNode root;
    try {
      root = MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new ModelFormatException("model.json is not JSON: " + e.getMessage(), e);
    }
    long formatVersion = integer(root, "formatVersion");
    if (formatVersion < WITHOUT_CHAINS || formatVersion > FORMAT_VERSION) {
      throw new ModelFormatException(
          "The model file has format version %d, this release reads %d to %d: use the release that wrote it."
              .formatted(formatVersion, WITHOUT_CHAINS, FORMAT_VERSION));
    }
    try {
      NetworkSpec spec = spec(field(root, "network"));
      List<String> chains =
          formatVersion == WITHOUT_CHAINS ? spec.chainNames() : names(field(root, "chains"));
      return new ModelJson(spec, info(root), chains);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("model.json is wrong: " + e.getMessage(), e);
    }
  }

  private static List<String> names(JsonNode chains) {
    List<String> names = new ArrayList<>();
    for (JsonNode name : chains) {
      names.add(name.asText());
    }
    return names;
  }

  private static NetworkSpec spec(JsonNode network) throws ModelFormatException {
    ImageShape input =
        new ImageShape(size(network, "channels"), size(network, "height"), size(network, "width"));
    return new NetworkSpec(
        choice(network, "trunk", TrunkKind.class),
        input,
        network.has("backbone") ? backbone(network.get("backbone")) : null,
        size(network, "embeddingSize"),
        choice(network, "metric", MetricKind.class),
        choice(network, "updater", UpdaterKind.class),
        number(network, "learningRate"),
        integer(network, "seed"));
  }

  private static BackboneSpec backbone(JsonNode backbone) throws ModelFormatException {
    return new BackboneSpec(
        field(backbone, "sha256").asText(),
        size(backbone, "features"),
        field(backbone, "feeding").asText());
  }

  private static ModelInfo info(JsonNode root) throws ModelFormatException {
    Map<String, String> extra = new HashMap<>();
    JsonNode facts = field(root, "extra");
    for (Map.Entry<String, JsonNode> fact : facts.properties()) {
      if (!fact.getValue().isTextual()) {
        throw new ModelFormatException(
            "The field extra of model.json holds texts, but %s is %s."
                .formatted(fact.getKey(), fact.getValue()));
      }
      extra.put(fact.getKey(), fact.getValue().asText());
    }
    return new ModelInfo(
        integer(root, "version"), number(root, "alpha1"), number(root, "alpha2"), extra);
  }

  private static JsonNode field(JsonNode parent, String name) throws ModelFormatException {
    JsonNode field = parent.get(name);
    if (field == null) {
      throw new ModelFormatException("model.json has no field " + name + ".");
    }
    return field;
  }

  private static long integer(JsonNode parent, String name) throws ModelFormatException {
    JsonNode field = field(parent, name);
    if (!field.canConvertToLong() || !field.isIntegralNumber()) {
      throw new ModelFormatException(
          "The field %s of model.json must be a whole number, not %s.".formatted(name, field));
    }
    return field.longValue();
  }

  private static int size(JsonNode parent, String name) throws ModelFormatException {
    long size = integer(parent, name);
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw new ModelFormatException(
          "The field %s of model.json is out of range: %d.".formatted(name, size));
    }
    return (int) size;
  }

  private static double number(JsonNode parent, String name) throws ModelFormatException {
    JsonNode field = field(parent, name);
    if (!field.isNumber()) {
      throw new ModelFormatException(
          "The field %s of model.json must be a number, not %s.".formatted(name, field));
    }
    return field.doubleValue();
  }

  private static <T extends Enum<T>> T choice(JsonNode parent, String name, Class<T> type)
      throws ModelFormatException {
    String value = field(parent, name).asText();
    try {
      return Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          "This release knows no %s named '%s'.".formatted(name, value), e);
    }
  }
}
