package dev.quadstream.backbone;

import static dev.quadstream.backbone.TestingOnnx.FEATURES;
import static dev.quadstream.backbone.TestingOnnx.OPEN;
import static dev.quadstream.backbone.TestingOnnx.SIDE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.quadstream.backbone.BackboneOptions.Layout;
import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.network.TestingNetworks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxBackboneTest {

  private static final BackboneOptions FEATURES_OUTPUT = options("features", Layout.NCHW, null);

  @Test
  void theFileSaysSizeChannelsAndNumberOfFeatures() {
    try (OnnxBackbone backbone = load(TestingOnnx.usual(3), FEATURES_OUTPUT)) {
      assertThat(backbone.input()).isEqualTo(new ImageShape(3, SIDE, SIDE));
      assertThat(backbone.spec().features()).isEqualTo(FEATURES);
      assertThat(backbone.spec().sha256()).hasSize(64);
      assertThat(backbone.spec().feeding())
          .isEqualTo(
              "3x16x16 floats NCHW, mean [0.485, 0.456, 0.406], std [0.229, 0.224, 0.225], output"
                  + " features");
    }
  }

  @Test
  void featuresAreThoseOfThePixelsWorkedOutByHand() throws Exception {
    // All pixels alike, so that each feature is the sum of its weights times the one value.
    try (OnnxBackbone backbone =
        load(TestingOnnx.usual(1), options("features", Layout.NCHW, null))) {
      byte[] pixels = new byte[SIDE * SIDE];
      Arrays.fill(pixels, (byte) 200);
      double value = (200 / 255.0 - 0.449) / 0.226;
      Random random = new Random(3);
      double[] expected = new double[FEATURES];
      double squares = 0;
      for (int feature = 0; feature < FEATURES; feature++) {
        double sum = 0;
        for (int i = 0; i < 9; i++) {
          sum += random.nextGaussian() / 4;
        }
        expected[feature] = Math.max(0, sum * value);
        squares += expected[feature] * expected[feature];
      }
      double scale = Math.sqrt(squares / FEATURES);

      float[] features =
          backbone.features(new PixelImage(new ImageShape(1, SIDE, SIDE), pixels)).values();

      for (int feature = 0; feature < FEATURES; feature++) {
        assertThat((double) features[feature]).isCloseTo(expected[feature] / scale, within(1e-5));
      }
    }
  }

  @Test
  void aFileOfAnyLayoutTypeAndBatchGivesTheSameFeatures() throws Exception {
    BackboneFeatures expected = features(TestingOnnx.usual(3), FEATURES_OUTPUT);
    BackboneOptions nhwc = options("features", Layout.NHWC, SIDE);

    assertThat(features(TestingOnnx.file(true, false, 1, 3, SIDE, SIDE), FEATURES_OUTPUT))
        .isEqualTo(expected);
    assertSame(
        features(TestingOnnx.file(true, false, 4, 3, SIDE, SIDE), FEATURES_OUTPUT), expected);
    assertSame(
        features(TestingOnnx.file(false, false, OPEN, SIDE, SIDE, 3), FEATURES_OUTPUT), expected);
    assertSame(features(TestingOnnx.file(false, false, OPEN, OPEN, OPEN, 3), nhwc), expected);
    assertSame(
        features(
            TestingOnnx.file(true, false, OPEN, OPEN, OPEN, OPEN),
            options("features", Layout.NCHW, SIDE)),
        expected);
    assertSame(features(TestingOnnx.usual(3), options("pooled", Layout.NCHW, null)), expected);
  }

  @Test
  void rowsAndColumnsOfARectangleAreNotExchanged() throws Exception {
    ImageShape tall = new ImageShape(3, 24, 16);
    byte[] pixels = new byte[tall.size()];
    new Random(5).nextBytes(pixels);
    PixelImage image = new PixelImage(tall, pixels);
    BackboneFeatures expected;
    try (OnnxBackbone backbone =
        load(TestingOnnx.file(true, false, 1, 3, 24, 16), FEATURES_OUTPUT)) {
      assertThat(backbone.input()).isEqualTo(tall);
      expected = backbone.features(image);
    }
    for (Layout layout : Layout.values()) {
      boolean first = layout == Layout.NCHW;
      byte[] file =
          first
              ? TestingOnnx.file(true, false, OPEN, 3, OPEN, OPEN)
              : TestingOnnx.file(false, false, OPEN, OPEN, OPEN, 3);
      try (OnnxBackbone backbone =
          load(file, new BackboneOptions("features", layout, null, 24, 16, List.of(), List.of()))) {
        assertThat(backbone.input()).isEqualTo(tall);
        assertSame(backbone.features(image), expected);
      }
    }
  }

  @Test
  void aFileThatReadsBytesGetsThemAsTheyAre() throws Exception {
    BackboneOptions asBytes =
        new BackboneOptions(
            "features",
            Layout.NCHW,
            null,
            null,
            null,
            List.of(0f, 0f, 0f),
            List.of(1 / 255f, 1 / 255f, 1 / 255f));

    BackboneFeatures features =
        features(TestingOnnx.file(true, true, OPEN, 3, SIDE, SIDE), FEATURES_OUTPUT);

    assertSame(features, features(TestingOnnx.usual(3), asBytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anImageHasTheSameFeaturesToTheBitBesideAnyOthers(boolean quantized) throws Exception {
    byte[] usual = TestingOnnx.usual(3);
    byte[] file = quantized ? TestingOnnx.quantizedAsItRuns(usual) : usual;
    List<PixelImage> images = images(64);
    List<BackboneFeatures> alone = new ArrayList<>();
    try (OnnxBackbone backbone = load(file, FEATURES_OUTPUT)) {
      for (PixelImage image : images) {
        alone.add(backbone.features(image));
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OnnxBackbone backbone = load(file, FEATURES_OUTPUT)) {
      List<Callable<BackboneFeatures>> calls = new ArrayList<>();
      images.forEach(image -> calls.add(() -> backbone.features(image)));
      List<Future<BackboneFeatures>> beside = threads.invokeAll(calls);
      for (int row = 0; row < alone.size(); row++) {
        assertThat(beside.get(row).get()).isEqualTo(alone.get(row));
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Why images go through one by one, which costs no speed (docs/backbone.md). */
  @Test
  void inABatchTheFeaturesOfANetworkThatIsQuantizedAsItRunsAreThoseOfItsNeighboursToo()
      throws Exception {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession session =
        environment.createSession(TestingOnnx.quantizedAsItRuns(TestingOnnx.usual(3)))) {
      float[] alone = featuresOfTheFirst(session, environment, 0.5f);
      float[] besideAnother = featuresOfTheFirst(session, environment, 0.5f, 1f);
      float[] besideABrighter = featuresOfTheFirst(session, environment, 0.5f, 4f);

      assertThat(besideAnother).isNotEqualTo(alone);
      assertThat(besideABrighter).isNotEqualTo(besideAnother);
    }
  }

  /** Of a batch of the same noise at these contrasts. */
  private static float[] featuresOfTheFirst(
      OrtSession session, OrtEnvironment environment, float... contrasts) throws OrtException {
    float[][][][] batch = new float[contrasts.length][3][SIDE][SIDE];
    for (int image = 0; image < batch.length; image++) {
      Random random = new Random(1);
      for (float[][] channel : batch[image]) {
        for (float[] row : channel) {
          for (int column = 0; column < SIDE; column++) {
            row[column] = contrasts[image] * random.nextFloat();
          }
        }
      }
    }
    try (OnnxTensor images = OnnxTensor.createTensor(environment, batch);
        OrtSession.Result result = session.run(Map.of("images", images), Set.of("features"))) {
      return ((float[][]) result.get(0).getValue())[0];
    }
  }

  @Test
  void whatIsNoOnnxFileIsRefused() {
    assertRefused("I am a picture".getBytes(StandardCharsets.UTF_8), FEATURES_OUTPUT)
        .hasMessageContainingAll("net.onnx", "no ONNX file", "download it again");
    assertRefused(new byte[0], FEATURES_OUTPUT).hasMessageContaining("net.onnx is empty");
    byte[] file = TestingOnnx.usual(3);
    assertRefused(Arrays.copyOf(file, file.length / 2), FEATURES_OUTPUT)
        .hasMessageContainingAll("damaged", "again");
  }

  @Test
  void aNewerOpsetIsRefusedWithWhatToDo() {
    assertRefused(TestingOnnx.ofOpset(TestingOnnx.usual(3), 99), FEATURES_OUTPUT)
        .hasMessageContainingAll("newer opset", "export it again", "17");
  }

  @Test
  void aNewerFormatIsRefusedWithWhatToDo() {
    assertRefused(TestingOnnx.ofFormat(TestingOnnx.usual(3), 12), FEATURES_OUTPUT)
        .hasMessageContainingAll("model.ir_version = 10", "max supported IR version: 11")
        .hasMessageNotContainingAny("opset", "onnxruntime", ".cc");
  }

  @Test
  void anOperatorWithoutAnImplementationForItsTypesIsNoDamage() {
    byte[] file =
        TestingOnnx.convolvedInWholeNumbers(TestingOnnx.file(true, true, OPEN, 3, SIDE, SIDE));

    assertRefused(file, FEATURES_OUTPUT)
        .hasMessageContainingAll("ConvInteger", "float32", "statically")
        .hasMessageNotContainingAny("damaged", "onnxruntime", ".cc");
  }

  @Test
  void aNetworkInTrainingModeWhoseFeaturesAreChanceIsRefused() {
    assertRefused(TestingOnnx.inTrainingMode(TestingOnnx.usual(3)), FEATURES_OUTPUT)
        .hasMessageContainingAll("net.onnx", "training mode", "model.eval()");
  }

  @Test
  void weightsBesideTheFileAreRefusedWithWhatToDo() {
    assertRefused(TestingOnnx.withExternalWeights(TestingOnnx.usual(3)), FEATURES_OUTPUT)
        .hasMessageContainingAll("beside it", "save_as_external_data=False");
  }

  @Test
  void anUnknownOperatorIsRefusedWithWhatToDo() {
    assertRefused(TestingOnnx.withOperator(TestingOnnx.usual(3), "Mystery"), FEATURES_OUTPUT)
        .hasMessageContainingAll("operator", "Mystery");
  }

  @Test
  void oneOfSeveralOutputsIsNamed() {
    assertRefused(TestingOnnx.usual(3), options("", Layout.NCHW, null))
        .hasMessageContainingAll(
            "3 outputs", "network.backbone.output", "map", "pooled", "features");
    assertRefused(TestingOnnx.usual(3), options("embedding", Layout.NCHW, null))
        .hasMessageContainingAll("no output embedding", "features");
  }

  @Test
  void anOutputThatIsNoVectorIsRefused() {
    assertRefused(TestingOnnx.usual(3), options("map", Layout.NCHW, null))
        .hasMessageContainingAll("[1×12×7×7]", "network.backbone.output", "pooling");
  }

  @Test
  void aSizeThatDoesNotFitIsRefused() {
    assertRefused(TestingOnnx.usual(3), options("features", Layout.NCHW, 224))
        .hasMessageContainingAll("16", "network.backbone.size", "224");
    assertRefused(TestingOnnx.file(true, false, OPEN, 3, 4, 4), FEATURES_OUTPUT)
        .hasMessageContainingAll("not decoded here", "8 to 1024");
    assertRefused(TestingOnnx.file(true, false, OPEN, 5, SIDE, SIDE), FEATURES_OUTPUT)
        .hasMessageContainingAll("1 or 3 channels", "5");
  }

  @Test
  void twoInputsAndWrongNormalisationAreRefused() {
    assertRefused(TestingOnnx.ofTwoInputs(3), FEATURES_OUTPUT)
        .hasMessageContainingAll("2 inputs", "image part");
    assertRefused(
            TestingOnnx.usual(3),
            new BackboneOptions(
                "features", Layout.NCHW, null, null, null, List.of(0.5f), List.of()))
        .hasMessageContainingAll("network.backbone.mean", "1 values", "3 channels");
  }

  @Test
  void featuresThatAreNotNumbersAreRefused() {
    assertRefused(TestingOnnx.withNaN(TestingOnnx.usual(3)), FEATURES_OUTPUT)
        .hasMessageContainingAll("NaN", "grey image");
  }

  @Test
  void anImageThatGivesNothingIsRefusedAloneAndSaysWhy() {
    // Black and bytes: every product is 0.
    try (OnnxBackbone backbone =
        load(TestingOnnx.file(true, true, OPEN, 3, SIDE, SIDE), FEATURES_OUTPUT)) {
      ImageShape shape = backbone.input();

      assertThatThrownBy(() -> backbone.features(new PixelImage(shape, new byte[shape.size()])))
          .isInstanceOfSatisfying(
              UndecodableImageException.class,
              refusal ->
                  assertThat(refusal.reason())
                      .isEqualTo(UndecodableImageException.Reason.WITHOUT_FEATURES))
          .hasMessageContaining("All 12 features are 0");
    }
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
      byte[] file, BackboneOptions options) {
    return assertThatThrownBy(() -> load(file, options).close())
        .isInstanceOf(BackboneException.class);
  }

  private static void assertSame(BackboneFeatures actual, BackboneFeatures expected) {
    assertThat(actual.values()).containsExactly(expected.values(), within(1e-5f));
  }

  private static BackboneFeatures features(byte[] file, BackboneOptions options) throws Exception {
    try (OnnxBackbone backbone = load(file, options)) {
      return backbone.features(images(1).get(0));
    }
  }

  private static List<PixelImage> images(int count) {
    return TestingNetworks.images(count, new ImageShape(3, SIDE, SIDE), 5);
  }

  private static OnnxBackbone load(byte[] file, BackboneOptions options) {
    return OnnxBackbone.load("net.onnx", file, options);
  }

  private static BackboneOptions options(String output, Layout layout, Integer side) {
    return new BackboneOptions(output, layout, null, side, side, List.of(), List.of());
  }
}
