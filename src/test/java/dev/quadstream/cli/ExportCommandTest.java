package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.image.ImageShape;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportCommandTest {

  private static final float SAME = 1e-5f;

  @TempDir private Path directory;

  @Test
  void anotherRuntimeCanCheckItselfWithTheGoldenFile() throws Exception {
    Path model = directory.resolve("model.qsm");
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.SMALL,
            new ImageShape(3, 32, 32),
            null,
            64,
            MetricKind.LEARNED,
            UpdaterKind.ADAM,
            0.001,
            4);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      Files.write(
          model, ModelFile.write(network, new ModelInfo(17, 0.5, 0.25, Map.of("made", "here"))));
    }
    TestingTerminal terminal = new TestingTerminal();
    Path out = directory.resolve("a/b");

    int exitCode = terminal.run("export", "onnx", "--model=" + model, "--out=" + out);

    assertThat(terminal.err()).isEmpty();
    assertThat(exitCode).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("version 17", "embedder.onnx", "pair.onnx", "golden.json");
    JsonNode golden =
        JsonMessages.read(Files.readAllBytes(out.resolve("golden.json")), JsonNode.class);
    assertThat(golden.path("images")).hasSize(20);
    float[][] embeddings = embed(out.resolve("embedder.onnx"), golden);
    float[] distances = distances(out.resolve("pair.onnx"), embeddings);
    for (int row = 0; row < embeddings.length; row++) {
      JsonNode image = golden.path("images").path(row);
      for (int d = 0; d < embeddings[row].length; d++) {
        assertThat(embeddings[row][d])
            .isCloseTo(image.path("embedding").path(d).floatValue(), within(SAME));
      }
      assertThat(distances[row]).isCloseTo(image.path("gToTheNext").floatValue(), within(SAME));
    }
  }

  @Test
  void whatIsNoModelIsRefusedByName() throws Exception {
    Path model = Files.writeString(directory.resolve("model.qsm"), "no model");
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run("export", "onnx", "--model=" + model)).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("model.qsm");
    assertThat(terminal.run("export", "onnx", "--model=/no/such.qsm")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.run("export")).isEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest
  @CsvSource({
    "vectors, x.csv",
    "vectors, x.NPY",
    "projector, x.tsv",
    "onnx, x.onnx",
    "onnx, taken"
  })
  void aFileIsNoDirectoryToWriteTo(String export, String name) throws Exception {
    Files.createFile(directory.resolve("taken"));
    Path out = directory.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("export", export, "--out=" + out));
    if (export.equals("onnx")) {
      arguments.add("--model=/no/such.qsm");
    }
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run(arguments.toArray(new String[0]))).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err()).contains(name, "a file", "the directory");
    assertThat(out.toFile().isDirectory()).isFalse();
  }

  private static float[][] embed(Path file, JsonNode golden) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString())) {
      assertThat(session.getMetadata().getCustomMetadata())
          .containsEntry("version", "17")
          .containsEntry("alpha1", "0.5")
          .containsEntry("alpha2", "0.25")
          .containsEntry("made", "here")
          .containsKey("sourceSha256");
      JsonNode shape = golden.path("shape");
      JsonNode images = golden.path("images");
      long[] dimensions = {
        images.size(), shape.path(0).asLong(), shape.path(1).asLong(), shape.path(2).asLong()
      };
      ByteBuffer pixels =
          ByteBuffer.allocateDirect(
              (int) (dimensions[0] * dimensions[1] * dimensions[2] * dimensions[3]));
      for (JsonNode image : images) {
        pixels.put(image.path("pixels").binaryValue());
      }
      try (OnnxTensor input =
              OnnxTensor.createTensor(
                  environment, pixels.rewind(), dimensions, OnnxJavaType.UINT8);
          OrtSession.Result result = session.run(Map.of("pixels", input))) {
        return (float[][]) result.get(0).getValue();
      }
    }
  }

  private static float[] distances(Path file, float[][] embeddings) throws Exception {
    float[][] next = new float[embeddings.length][];
    for (int row = 0; row < next.length; row++) {
      next[row] = embeddings[(row + 1) % next.length];
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor left = OnnxTensor.createTensor(environment, embeddings);
        OnnxTensor right = OnnxTensor.createTensor(environment, next);
        OrtSession.Result result = session.run(Map.of("left", left, "right", right))) {
      return (float[]) result.get(0).getValue();
    }
  }
}
