package dev.quadstream.network.file;

import dev.quadstream.network.Configurations;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.pass.ChainDefinition;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Reads one model file in the order that {@link ModelFile} writes it in, so that of a large model
 * no more than its parameters is ever on the heap.
 */
final class ModelReader {

  private static final int BLOCK_BYTES = 1 << 16;

  private final StoredZipReader file;
  private final boolean withIterate;

  ModelReader(InputStream file, long bytes, boolean withIterate) {
    this.file = new StoredZipReader("The model file", file, bytes);
    this.withIterate = withIterate;
  }

  ModelParameters read() throws ModelFormatException {
    try {
      return readAll();
    } catch (ModelFormatException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw file.damaged(e);
    }
  }

  private ModelParameters readAll() throws IOException {
    if (!ModelFile.MODEL.equals(file.next())) {
      throw new ModelFormatException(
          "The archive does not begin with model.json: it is no model file.");
    }
    ModelJson json = ModelJson.fromBytes(file.bytes());
    List<ChainDefinition> definitions = Configurations.chains(json.spec(), DataType.FLOAT);
    List<String> names = definitions.stream().map(ChainDefinition::name).toList();
    if (!json.chains().equals(names)) {
      throw new ModelFormatException(
          "The model file has the chains %s, but a network of the %s metric has %s."
              .formatted(json.chains(), json.spec().metric().optionName(), names));
    }
    List<NetworkState.Chain> average = new ArrayList<>();
    for (ChainDefinition definition : definitions) {
      file.next(definition.name() + ModelFile.ARCHIVE);
      average.add(new NetworkState.Chain(definition.name(), served(definition), new float[0]));
    }
    Optional<NetworkState> iterate = Optional.empty();
    String next = file.next();
    if (next != null) {
      iterate = iterate(next, average);
    }
    return new ModelParameters(json.spec(), json.info(), new NetworkState(average, 0), iterate);
  }

  /** Of an archive as Deeplearning4j has it. */
  private float[] served(ChainDefinition definition) throws IOException {
    String name = definition.name() + ModelFile.ARCHIVE;
    StoredZipReader archive = new StoredZipReader(name, file.content(), file.size());
    archive.next(ModelSerializer.CONFIGURATION_JSON);
    archive.next(ModelSerializer.COEFFICIENTS_BIN);
    long count = definition.parameterCount();
    // Before anything of the size that the description claims is allocated.
    if (archive.size() < Float.BYTES * count) {
      throw new ModelFormatException(
          "%s has %d bytes of parameters where the network described in model.json needs %d."
              .formatted(name, archive.size(), Float.BYTES * count));
    }
    byte[] header = ArrayBytes.header(count);
    if (archive.size() != header.length + Float.BYTES * count
        || !Arrays.equals(archive.content().readNBytes(header.length), header)) {
      throw new ModelFormatException(
          "The parameters in %s are not the %d single-precision values that the network described"
                  .formatted(name, count)
              + " in model.json has.");
    }
    float[] parameters = floats(archive.content(), Math.toIntExact(count));
    for (float parameter : parameters) {
      if (!Float.isFinite(parameter)) {
        throw new ModelFormatException(
            "%s holds a parameter that is %s: the network had diverged when it was written."
                .formatted(name, parameter));
      }
    }
    archive.requireEnd();
    return parameters;
  }

  /** Those are for replicas that go on from the model, and not for its use. */
  private Optional<NetworkState> iterate(String first, List<NetworkState.Chain> average)
      throws IOException {
    List<NetworkState.Chain> chains = new ArrayList<>();
    String entry = first;
    for (NetworkState.Chain chain : average) {
      String name = chain.name() + ModelFile.ITERATE;
      long bytes = (long) Float.BYTES * chain.parameters().length;
      if (!name.equals(entry) || file.size() != bytes) {
        throw new ModelFormatException(
            "The model file has %s where %s of %d bytes is expected: replicas cannot go on from it."
                .formatted(
                    entry == null ? "nothing" : entry + " of " + file.size() + " bytes",
                    name,
                    bytes));
      }
      if (withIterate) {
        float[] parameters = floats(file.content(), chain.parameters().length);
        chains.add(new NetworkState.Chain(chain.name(), parameters, new float[0]));
      }
      entry = file.next();
    }
    if (entry != null) {
      throw new ModelFormatException(
          "The model file holds %s, too: it is another's.".formatted(entry));
    }
    return withIterate ? Optional.of(new NetworkState(chains, 0)) : Optional.empty();
  }

  private static float[] floats(InputStream bytes, int count) throws IOException {
    float[] values = new float[count];
    byte[] block = new byte[BLOCK_BYTES];
    for (int read = 0; read < count; ) {
      int now = Math.min(BLOCK_BYTES / Float.BYTES, count - read);
      if (bytes.readNBytes(block, 0, Float.BYTES * now) < Float.BYTES * now) {
        throw new EOFException("it ends after %d of %d parameters".formatted(read, count));
      }
      ByteBuffer.wrap(block).asFloatBuffer().get(values, read, now);
      read += now;
    }
    return values;
  }
}
