package dev.quadstream.stream.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.network.NetworkState;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.ParameterBlock;
import dev.quadstream.training.ParameterReader;
import dev.quadstream.training.ParameterStore;
import dev.quadstream.training.TrainedParameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterFileTest {

  private static final Map<String, Integer> LENGTHS =
      Map.of("trunk", 2 * ParameterBlock.VALUES + 7, "head", ParameterBlock.VALUES, "none", 0);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void parametersComeBackToTheBitWithOrWithoutTheirStart(boolean hasStart) throws Exception {
    HeldParameters parameters = new HeldParameters(random(1), hasStart ? random(2) : null);
    byte[] bytes = write(parameters);
    long values = LENGTHS.values().stream().mapToLong(Integer::longValue).sum();
    assertThat(parameters.bytes()).isEqualTo((hasStart ? 16 : 8) * values);
    assertThat((long) bytes.length).isBetween(parameters.bytes(), parameters.bytes() + 100);

    assertThat(readAll(ParameterFile.read(new ByteArrayInputStream(bytes), bytes.length)))
        .isEqualTo(readAll(parameters.open(ParameterStore.NONE)))
        .hasSize(4 * (hasStart ? 4 : 2));
  }

  @Test
  void whatIsNoSuchFileIsRefusedBeforeMemoryIsTaken() throws Exception {
    byte[] bytes = write(new HeldParameters(random(1), null));
    byte[] huge = bytes.clone();
    int nameAt = 4 + 1 + 4;
    int nameBytes = 2 + ByteBuffer.wrap(huge).getShort(nameAt);
    ByteBuffer.wrap(huge).putInt(nameAt + nameBytes, Integer.MAX_VALUE);

    assertThatThrownBy(() -> read(huge))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("2147483647 values");
    assertThatThrownBy(() -> read(new byte[64])).hasMessageContaining("no parameters");
    assertThatThrownBy(() -> read(new byte[2])).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> readAll(read(Arrays.copyOf(bytes, bytes.length - 1))))
        .isInstanceOf(UncheckedIOException.class);
  }

  private static ParameterReader read(byte[] bytes) {
    return ParameterFile.read(
        new ByteArrayInputStream(bytes), Math.max(bytes.length, 16 * ParameterBlock.VALUES * 4));
  }

  private static byte[] write(HeldParameters parameters) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ParameterFile.write(parameters, output);
    return output.toByteArray();
  }

  /** Each array of each block. */
  private static List<FloatBuffer> readAll(ParameterReader reader) {
    List<FloatBuffer> all = new ArrayList<>();
    boolean hasStart = false;
    try (reader) {
      for (int length : reader.lengths().values()) {
        for (int start = 0; start < length; start += ParameterBlock.VALUES) {
          ParameterBlock block = new ParameterBlock();
          Arrays.fill(block.startIterate(), Float.NaN);
          int count = Math.min(ParameterBlock.VALUES, length - start);
          reader.read(block, count);
          hasStart = !Float.isNaN(block.startIterate()[0]);
          all.add(FloatBuffer.wrap(block.iterate(), 0, count));
          all.add(FloatBuffer.wrap(block.average(), 0, count));
          if (hasStart) {
            all.add(FloatBuffer.wrap(block.startIterate(), 0, count));
            all.add(FloatBuffer.wrap(block.startAverage(), 0, count));
          }
        }
      }
    }
    return all;
  }

  private static TrainedParameters random(long seed) {
    return new TrainedParameters(state(2 * seed), state(2 * seed + 1));
  }

  private static NetworkState state(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<NetworkState.Chain> chains = new ArrayList<>();
    for (String name : List.of("trunk", "none", "head")) {
      float[] values = new float[LENGTHS.get(name)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      chains.add(new NetworkState.Chain(name, values, new float[0]));
    }
    return new NetworkState(chains, 0);
  }
}
