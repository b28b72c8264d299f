package dev.quadstream.network.file;

import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.util.ModelSerializer;

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

  static final String MODEL = "model.json";
  static final String ARCHIVE = ".zip";
  static final String ITERATE = "-iterate.bin";

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
   * What a file says, as it comes: its bytes are never held. Without the parameters that training
   * goes on with, which are half of it.
   *
   * @param bytes of the file, which the stream ends after
   * @throws ModelFormatException for a file of another format version, one that is damaged,
   *     truncated or has something appended, or one whose parameters do not fit its description
   */
  public static ModelParameters parameters(InputStream file, long bytes)
      throws ModelFormatException {
    return new ModelReader(file, bytes, false).read();
  }

  /**
   * The same with the parameters that training goes on with, where the file has any.
   *
   * @throws ModelFormatException as above
   */
  public static ModelParameters allParameters(InputStream file, long bytes)
      throws ModelFormatException {
    return new ModelReader(file, bytes, true).read();
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
}
