package dev.quadstream.network.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads model files of all format versions. Their parameters repeat, so that a file is small when
 * packed. None is ever written anew; to write the one of a new version:
 *
 * <pre>mvn -B test -Dtest=GoldenModelTest -Dgolden.directory=src/test/resources/golden</pre>
 */
class GoldenModelTest {

  private static final String NEWEST = "model-v%d.qsm.gz".formatted(ModelJson.FORMAT_VERSION);
  private static final String DIRECTORY_PROPERTY = "golden.directory";
  private static final int PERIOD = 37;
  private static final NetworkSpec SPEC =
      new NetworkSpec(
          TrunkKind.SMALL,
          new ImageShape(1, 28, 28),
          null,
          8,
          MetricKind.LEARNED,
          UpdaterKind.ADAM,
          1e-3,
          5);
  private static final ModelInfo INFO = new ModelInfo(40, 0.5, 0.25, Map.of("dataset", "café"));

  @ParameterizedTest
  @ValueSource(strings = {"model-v1.qsm.gz", "model-v2.qsm.gz"})
  void aModelOfAnyVersionIsReadBackAsItWas(String name) throws Exception {
    byte[] file;
    try (InputStream in = GoldenModelTest.class.getResourceAsStream("/golden/" + name)) {
      file = new GZIPInputStream(in).readAllBytes();
    }
    LoadedModel model = TestingNetworks.read(file);
    try (QuadrupletNetwork network = model.network()) {
      assertThat(model.info()).isEqualTo(INFO);
      assertThat(network.spec()).isEqualTo(SPEC);
      NetworkState state = network.state();
      assertThat(state.parameters("trunk")).isEqualTo(pattern(state.parameters("trunk").length));
      assertThat(state.parameters("head")).isEqualTo(pattern(state.parameters("head").length));
      float[][] embeddings = network.embed(TestingNetworks.images(2, SPEC.input(), 3));
      assertThat(squaredLength(embeddings[0])).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = DIRECTORY_PROPERTY, matches = ".+")
  void writesTheFileIfItIsMissing() throws Exception {
    Path file = Path.of(System.getProperty(DIRECTORY_PROPERTY), NEWEST);
    if (!Files.exists(file)) {
      write(file);
    }
    assertThat(file).isNotEmptyFile();
  }

  private static void write(Path file) throws IOException {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(SPEC);
        OutputStream out =
            new GZIPOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW))) {
      NetworkState initial = network.state();
      network.restore(
          TestingNetworks.state(
              pattern(initial.parameters("trunk").length),
              initial.updater("trunk"),
              pattern(initial.parameters("head").length),
              initial.updater("head"),
              0));
      out.write(ModelFile.write(network, INFO));
    }
  }

  private static float[] pattern(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (i % PERIOD - PERIOD / 2) / 256f;
    }
    return values;
  }

  private static double squaredLength(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += value * value;
    }
    return sum;
  }
}
