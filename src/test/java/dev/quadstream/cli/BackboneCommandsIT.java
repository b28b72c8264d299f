package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frozen network under the commands that train, measure and export. */
class BackboneCommandsIT {

  @TempDir private Path directory;

  private Path backbone;
  private Path model;

  @BeforeEach
  void train() throws IOException {
    backbone = directory.resolve("net.onnx");
    Files.write(backbone, TestingOnnx.oneOutput(1));
    model = directory.resolve("model.qsm");
    TestingTerminal terminal = new TestingTerminal();
    int exitCode =
        terminal.run(
            "train",
            "--dataset=icons",
            "--limit=1500",
            "--backbone=" + backbone,
            "--out=" + model,
            "--split-seed=1");
    assertThat(terminal.err()).doesNotContain("Exception", "Usage");
    assertThat(exitCode).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("recall@1");
  }

  @Test
  void whatWasTrainedBehindABackboneIsMeasuredBehindItAndBehindNoOther() throws Exception {
    TestingTerminal terminal = new TestingTerminal();
    assertThat(
            terminal.run(
                "evaluate", "--model=" + model, "--dataset=icons", "--backbone=" + backbone))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("raw pixels", "embeddings");

    Path stranger = directory.resolve("stranger.qsm");
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.adapter(MetricKind.LEARNED, 24))) {
      Files.write(stranger, ModelFile.write(network, new ModelInfo(3, 0.5, 0.25, Map.of())));
    }
    TestingTerminal refused = new TestingTerminal();
    assertThat(
            refused.run(
                "evaluate", "--model=" + stranger, "--dataset=icons", "--backbone=" + backbone))
        .isEqualTo(ExitCode.FAILED);
    assertThat(refused.err())
        .contains(
            "stranger.qsm",
            "trained behind the backbone abababababab",
            "1x16x16 floats",
            "network.backbone");
  }

  @Test
  void theExportedAdapterGoesOnFromTheFeatures() throws Exception {
    Path out = directory.resolve("onnx");
    TestingTerminal terminal = new TestingTerminal();
    assertThat(
            terminal.run(
                "export", "onnx", "--model=" + model, "--out=" + out, "--backbone=" + backbone))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);

    JsonNode golden =
        JsonMessages.read(Files.readAllBytes(out.resolve("golden.json")), JsonNode.class);
    assertThat(golden.path("model").path("backboneSha256").asText()).hasSize(64);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(out.resolve("embedder.onnx").toString())) {
      for (JsonNode image : golden.path("images")) {
        float[] features = floats(image.path("features"));
        try (OnnxTensor input =
                OnnxTensor.createTensor(
                    environment, FloatBuffer.wrap(features), new long[] {1, features.length});
            OrtSession.Result result = session.run(Map.of("features", input))) {
          float[] embedding = ((float[][]) result.get(0).getValue())[0];
          assertThat(embedding).containsExactly(floats(image.path("embedding")), within(1e-5f));
        }
      }
    }
  }

  @Test
  void aFileThatCannotServeIsRefusedBeforeAnythingIsRead() throws Exception {
    Path text = directory.resolve("text.onnx");
    Files.writeString(text, "I am no network.");
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run("train", "--dataset=nowhere", "--backbone=" + text, "--out=" + model))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("network.backbone", "text.onnx", "no ONNX file");
  }

  @Test
  void withoutANativeLibraryForThePlatformItSaysForWhichThereIsOne() throws Exception {
    Path said = directory.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dos.arch=sparc",
                "-cp",
                System.getProperty("java.class.path"),
                Quadstream.class.getName(),
                "config",
                "print",
                "--set=network.backbone=" + backbone)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    assertThat(process.waitFor()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(Files.readString(said))
        .contains(
            "network.backbone",
            "does not load on",
            "sparc (java.lang.IllegalStateException: Unsupported",
            "Linux and macOS on x86-64 and ARM64");
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }
}
