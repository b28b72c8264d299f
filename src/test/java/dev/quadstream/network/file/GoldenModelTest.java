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

/**
 * Reads a model file that version 0.1 of Quadstream wrote. Its parameters repeat, so that the file
 * is small when packed; it is never written anew, only joined by those of later versions:
 *
 * <pre>mvn -B test -Dtest=GoldenModelTest -Dgolden.directory=src/test/resources/golden</pre>
 */
class GoldenModelTest {

  private static final String FILE = "model-v1.qsm.gz";
  private static final String DIRECTORY_PROPERTY = "golden.directory";
  private static final int PERIOD = 37;
  private static final NetworkSpec SPEC =
      new NetworkSpec(
          TrunkKind.SMALL,
          new ImageShape(1, 28, 28),
          8,
          MetricKind.LEARNED,
          UpdaterKind.ADAM,
          1e-3,
          5);
  private static final ModelInfo INFO = new ModelInfo(40, 0.5, 0.25, Map.of("dataset", "café"));

  @Test
  void aModelOfAnEarlierVersionIsReadBackAsItWas() throws Exception {
    byte[] file;
    try (InputStream in = GoldenModelTest.class.getResourceAsStream("/golden/" + FILE)) {
      file = new GZIPInputStream(in).readAllBytes();
    }
    LoadedModel model = ModelFile.read(file);
    try (QuadrupletNetwork network = model.network()) {
      assertThat(model.info()).isEqualTo(INFO);
      assertThat(network.spec()).isEqualTo(SPEC);
      NetworkState state = network.state();
      assertThat(state.trunkParameters()).isEqualTo(pattern(state.trunkParameters().length));
      assertThat(state.headParameters()).isEqualTo(pattern(state.headParameters().length));
      float[][] embeddings = network.embed(TestingNetworks.images(2, SPEC.input(), 3));
      assertThat(squaredLength(embeddings[0])).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = DIRECTORY_PROPERTY, matches = ".+")
  void writesTheFileIfItIsMissing() throws Exception {
    Path file = Path.of(System.getProperty(DIRECTORY_PROPERTY), FILE);
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
          new NetworkState(
              pattern(initial.trunkParameters().length),
              initial.trunkUpdater(),
              pattern(initial.headParameters().length),
              initial.headUpdater(),
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
