package dev.quadstream.network.file;

import dev.quadstream.network.Backbones;
import dev.quadstream.network.Configurations;
import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Model files: a network's parameters with what is needed to use them.
 *
 * <p>A zip archive of {@code model.json} and an archive for each of the network's chains, named by
 * it: {@code trunk.zip} and, for the learned metric, {@code head.zip}. The inner archives have the
 * layout of Deeplearning4j's {@link ModelSerializer}, so that anyone can open them with {@code
 * ModelSerializer.restoreMultiLayerNetwork}: the trunk maps [N, H, W, C] with values in [−1, 1] to
 * embeddings before normalisation, the learned metric's head maps pair features to the
 * probabilities of "similar" and "dissimilar".
 *
 * <p>The same parameters and facts give the same bytes. Reading never hands the file's
 * Deeplearning4j configuration to its polymorphic JSON: the network is built anew from {@code
 * model.json}, and only the coefficients are taken. Sizes are checked before memory is allocated.
 *
 * <p>Updater state is not in the file: a model is for use, not for continuing exactly.
 */
public final class ModelFile {

  private static final String MODEL = "model.json";
  private static final String ARCHIVE = ".zip";
  private static final String ITERATE = "-iterate.bin";

  private ModelFile() {}

  /**
   * The file's bytes.
   *
   * @throws IllegalStateException if a parameter is infinite or NaN: such a model is of no use
   */
  public static byte[] write(QuadrupletNetwork network, ModelInfo info) {
    return write(network, null, info);
  }

  /**
   * The same with the parameters that training goes on with, where the network has their average:
   * beside each chain's archive, {@code NAME-iterate.bin} holds big-endian floats in the same
   * order.
   *
   * @param iterate without updater state; null for none
   */
  public static byte[] write(QuadrupletNetwork network, NetworkState iterate, ModelInfo info) {
    network.chains().forEach(ModelFile::requireFinite);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    List<String> names = network.chains().stream().map(LayerChain::name).toList();
    entries.put(MODEL, new ModelJson(network.spec(), info, names).toBytes());
    for (LayerChain chain : network.chains()) {
      entries.put(chain.name() + ARCHIVE, chainBytes(chain));
    }
    if (iterate != null) {
      for (NetworkState.Chain chain : iterate.chains()) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * chain.parameters().length);
        bytes.asFloatBuffer().put(chain.parameters());
        entries.put(chain.name() + ITERATE, bytes.array());
      }
    }
    return StoredZip.pack(entries);
  }

  /**
   * The parameters that training goes on with, or empty where the file has none.
   *
   * @param average the file's network, whose sizes they have
   * @throws ModelFormatException where they have other sizes
   */
  public static Optional<NetworkState> iterate(byte[] bytes, NetworkState average)
      throws ModelFormatException {
    Map<String, byte[]> entries = StoredZip.unpack("The model file", bytes);
    if (entries.keySet().stream().noneMatch(name -> name.endsWith(ITERATE))) {
      return Optional.empty();
    }
    entries.keySet().removeIf(name -> !name.endsWith(ITERATE));
    List<NetworkState.Chain> chains = new ArrayList<>();
    for (NetworkState.Chain chain : average.chains()) {
      String name = chain.name() + ITERATE;
      byte[] values = entries.remove(name);
      float[] parameters = new float[chain.parameters().length];
      if (values == null || values.length != Float.BYTES * parameters.length) {
        throw new ModelFormatException(
            "%s has %s where %d floats are expected: replicas cannot go on from it."
                .formatted(
                    name,
                    values == null ? "nothing" : values.length + " bytes",
                    parameters.length));
      }
      ByteBuffer.wrap(values).asFloatBuffer().get(parameters);
      chains.add(new NetworkState.Chain(chain.name(), parameters, new float[0]));
    }
    return Optional.of(new NetworkState(chains, 0));
  }

  /**
   * The network and the facts of a file.
   *
   * @throws ModelFormatException for a file of another format version, one that is damaged,
   *     truncated or has something appended, or one whose parameters do not fit its description
   */
  public static LoadedModel read(byte[] bytes) throws ModelFormatException {
    return read(bytes, null, EmbeddingPrecision.SINGLE);
  }

  /**
   * The same to embed images with: what the network was trained behind must be among {@link
   * Backbones}.
   *
   * @throws ModelFormatException as above, and naming both backbones where that one is not loaded
   */
  public static LoadedModel readToEmbed(byte[] bytes) throws ModelFormatException {
    LoadedModel model = read(bytes);
    if (model.network().spec().backbone() != null) {
      try {
        Backbones.require(model.network().spec().backbone());
      } catch (IllegalStateException e) {
        model.network().close();
        throw new ModelFormatException(e.getMessage(), e);
      }
    }
    return model;
  }

  /**
   * The same into a network that is used again, which spares making one where models come often.
   *
   * @param reuse takes the file's parameters where it is of the file's specification, and is left
   *     as it is where not or where the file is bad; may be null
   * @param precision of a network of its own
   * @return a model with {@code reuse} or with a network of its own
   * @throws ModelFormatException as above
   */
  public static LoadedModel read(
      byte[] bytes, QuadrupletNetwork reuse, EmbeddingPrecision precision)
      throws ModelFormatException {
    Map<String, byte[]> entries = StoredZip.unpack("The model file", bytes);
    if (!entries.containsKey(MODEL)) {
      throw new ModelFormatException("The archive has no model.json: it is no model file.");
    }
    ModelJson json = ModelJson.fromBytes(entries.get(MODEL));
    NetworkSpec spec = json.spec();
    List<ChainDefinition> definitions = Configurations.chains(spec, DataType.FLOAT);
    List<String> names = definitions.stream().map(ChainDefinition::name).toList();
    if (!json.chains().equals(names)) {
      throw new ModelFormatException(
          "The model file has the chains %s, but a network of the %s metric has %s."
              .formatted(json.chains(), spec.metric().optionName(), names));
    }
    // Those are for replicas that go on from the model, and not for its use.
    names.forEach(name -> entries.remove(name + ITERATE));
    requireEntries("The model file", entries, entryNames(names));
    List<byte[]> coefficients = new ArrayList<>();
    for (ChainDefinition definition : definitions) {
      String entry = definition.name() + ARCHIVE;
      // Let go of as it is read: a large model's file is most of what reading needs of the heap.
      byte[] ofChain = coefficients(entry, entries.remove(entry));
      requireBytes(entry, ofChain, definition);
      coefficients.add(ofChain);
    }
    boolean fits = reuse != null && reuse.spec().equals(spec);
    QuadrupletNetwork network = fits ? reuse : QuadrupletNetwork.create(spec, precision);
    try {
      List<NetworkState.Chain> chains = new ArrayList<>();
      for (LayerChain chain : network.chains()) {
        chains.add(
            new NetworkState.Chain(
                chain.name(), parameters(coefficients.get(chains.size()), chain), new float[0]));
      }
      network.setParameters(new NetworkState(chains, 0));
    } catch (ModelFormatException e) {
      if (!fits) {
        network.close();
      }
      throw e;
    }
    return new LoadedModel(network, json.info());
  }

  private static Set<String> entryNames(List<String> chains) {
    Set<String> names = new LinkedHashSet<>(Set.of(MODEL));
    chains.forEach(chain -> names.add(chain + ARCHIVE));
    return names;
  }

  private static void requireFinite(LayerChain chain) {
    if (!Double.isFinite(NativeArrays.sumOfSquares(chain.parameters()))) {
      throw new IllegalStateException(
          "The parameters of "
              + chain.name()
              + " are no longer finite: training has diverged. Lower training.learning-rate.");
    }
  }

  private static byte[] chainBytes(LayerChain chain) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    String configuration = chain.network().getLayerWiseConfigurations().toJson();
    entries.put(ModelSerializer.CONFIGURATION_JSON, configuration.getBytes(StandardCharsets.UTF_8));
    entries.put(ModelSerializer.COEFFICIENTS_BIN, ArrayBytes.write(chain.parameters()));
    return StoredZip.pack(entries);
  }

  private static byte[] coefficients(String name, byte[] archive) throws ModelFormatException {
    Map<String, byte[]> entries = StoredZip.unpack(name, archive);
    requireEntries(
        name,
        entries,
        Set.of(ModelSerializer.CONFIGURATION_JSON, ModelSerializer.COEFFICIENTS_BIN));
    return entries.get(ModelSerializer.COEFFICIENTS_BIN);
  }

  private static void requireEntries(String name, Map<String, byte[]> entries, Set<String> expected)
      throws ModelFormatException {
    if (!entries.keySet().equals(expected)) {
      throw new ModelFormatException(
          "%s holds %s where %s is expected.".formatted(name, entries.keySet(), expected));
    }
  }

  /** Before anything of the size that the description claims is allocated. */
  private static void requireBytes(String name, byte[] coefficients, ChainDefinition definition)
      throws ModelFormatException {
    long needed = Float.BYTES * definition.parameterCount();
    if (coefficients.length < needed) {
      throw new ModelFormatException(
          "%s has %d bytes of parameters where the network described in model.json needs %d."
              .formatted(name, coefficients.length, needed));
    }
  }

  private static float[] parameters(byte[] coefficients, LayerChain chain)
      throws ModelFormatException {
    String name = chain.name() + ARCHIVE;
    // What this network would write has the same header, or the file's parameters are not for it.
    byte[] header = ArrayBytes.header(chain.parameters());
    int count = Math.toIntExact(chain.parameterCount());
    if (coefficients.length != header.length + (long) Float.BYTES * count
        || !Arrays.equals(coefficients, 0, header.length, header, 0, header.length)) {
      throw new ModelFormatException(
          "The parameters in %s are not the %d single-precision values that the network described"
                  .formatted(name, count)
              + " in model.json has.");
    }
    float[] parameters = new float[count];
    ByteBuffer.wrap(coefficients, header.length, Float.BYTES * count)
        .asFloatBuffer()
        .get(parameters);
    for (float parameter : parameters) {
      if (!Float.isFinite(parameter)) {
        throw new ModelFormatException(
            "%s holds a parameter that is %s: the network had diverged when it was written."
                .formatted(name, parameter));
      }
    }
    return parameters;
  }
}
