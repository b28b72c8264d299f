package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.search.ExactSearch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By ONNX Runtime, which shares no code with what wrote the files. */
class OnnxExportTest {

  private static final double SAME = 1e-5;
  private static final int BATCH = 100;

  @ParameterizedTest
  @CsvSource({
    "SMALL, LEARNED, 1, 32, 1000",
    "SMALL, EUCLIDEAN, 3, 32, 1000",
    "SMALL, LEARNED, 3, 28, 300",
    "MEDIUM, LEARNED, 1, 64, 300",
    "MEDIUM, EUCLIDEAN, 3, 64, 100",
    "RESIDUAL, LEARNED, 1, 32, 300",
    "RESIDUAL, EUCLIDEAN, 3, 64, 100",
    "RESIDUAL, EUCLIDEAN, 1, 48, 100",
    "RESIDUAL, LEARNED, 3, 32, 100",
    "ALEXNET, LEARNED, 3, 227, 10",
    "ALEXNET, EUCLIDEAN, 1, 227, 10"
  })
  void anotherRuntimeFindsTheSameEmbeddingsDistancesAndNeighbours(
      TrunkKind trunk, MetricKind metric, int channels, int side, int count) throws Exception {
    ImageShape shape = new ImageShape(channels, side, side);
    NetworkSpec spec = new NetworkSpec(trunk, shape, null, 64, metric, UpdaterKind.ADAM, 0.001, 11);
    List<PixelImage> images = images(shape, count);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      float[][] expected = network.embed(images);
      float[][] embeddings = embed(OnnxExport.embedder(network, Map.of()), images);

      int[] left = new int[count];
      int[] right = new int[count];
      int sameNeighbour = 0;
      ExactSearch ours = new ExactSearch(expected);
      ExactSearch theirs = new ExactSearch(embeddings);
      for (int row = 0; row < count; row++) {
        assertThat(embeddings[row]).containsExactly(expected[row], within((float) SAME));
        left[row] = row;
        right[row] = (row * 7 + 1) % count;
        int neighbour = theirs.nearest(embeddings[row], row, 1)[0];
        sameNeighbour += neighbour == ours.nearest(expected[row], row, 1)[0] ? 1 : 0;
      }
      assertThat(sameNeighbour).isGreaterThanOrEqualTo((int) Math.ceil(0.999 * count) - 1);
      assertThat(distances(OnnxExport.pairMetric(network, Map.of()), expected, left, right))
          .containsExactly(
              network.metric().distances(new UnitEmbeddings(expected), left, right),
              within((float) SAME));
    }
  }

  @Test
  void theFilesSayWhatTheyAre() throws Exception {
    NetworkSpec spec = TestingNetworks.spec(MetricKind.LEARNED);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      byte[] file = OnnxExport.embedder(network, Map.of("version", "7", "name", "default"));

      ModelProto model = ModelProto.parseFrom(file);
      assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(13);
      assertThat(model.getGraph().getInput(0).getName()).isEqualTo("pixels");
      assertThat(model.getGraph().getOutput(0).getName()).isEqualTo("embedding");
      assertThat(model.getMetadataPropsList())
          .extracting(fact -> fact.getKey() + "=" + fact.getValue())
          .containsExactly("name=default", "version=7");
      assertThat(OnnxExport.embedder(network, Map.of("name", "default", "version", "7")))
          .isEqualTo(file);
    }
  }

  @Test
  void twoEqualImagesAreAtDistanceZeroUnderTheEuclideanMetric() throws Exception {
    NetworkSpec spec = TestingNetworks.spec(MetricKind.LEARNED);
    NetworkSpec euclidean =
        new NetworkSpec(
            spec.trunk(), spec.input(), null, 2, MetricKind.EUCLIDEAN, UpdaterKind.SGD, 0.1, 1);
    float[][] rows = {{1, 0}, {-1, 0}, {0.6f, 0.8f}};
    try (QuadrupletNetwork network = QuadrupletNetwork.create(euclidean)) {
      assertThat(
              distances(
                  OnnxExport.pairMetric(network, Map.of()),
                  rows,
                  new int[] {0, 0, 2},
                  new int[] {0, 1, 1}))
          .containsExactly(
              new EuclideanMetric()
                  .distances(new UnitEmbeddings(rows), new int[] {0, 0, 2}, new int[] {0, 1, 1}),
              within((float) SAME));
    }
  }

  private static List<PixelImage> images(ImageShape shape, int count) {
    SplittableRandom random = new SplittableRandom(5);
    List<PixelImage> images = new ArrayList<>();
    for (int image = 0; image < count; image++) {
      byte[] pixels = new byte[shape.size()];
      // Blobs and not noise: noise looks the same to every network.
      int x = random.nextInt(shape.width());
      int y = random.nextInt(shape.height());
      int radius = 3 + random.nextInt(shape.width() / 2);
      for (int i = 0; i < pixels.length; i++) {
        int column = i % shape.width();
        int row = i / shape.width() % shape.height();
        boolean inside = Math.hypot(column - x, row - y) < radius;
        pixels[i] = (byte) (inside ? random.nextInt(128) : 200 + random.nextInt(56));
      }
      images.add(new PixelImage(shape, pixels));
    }
    return images;
  }

  private static float[][] embed(byte[] file, List<PixelImage> images) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    List<float[]> rows = new ArrayList<>();
    try (OrtSession session = environment.createSession(file)) {
      for (int start = 0; start < images.size(); start += BATCH) {
        List<PixelImage> batch = images.subList(start, Math.min(start + BATCH, images.size()));
        ImageShape shape = batch.get(0).shape();
        ByteBuffer pixels = ByteBuffer.allocateDirect(batch.size() * shape.size());
        batch.forEach(image -> pixels.put(image.pixels()));
        long[] dimensions = {batch.size(), shape.channels(), shape.height(), shape.width()};
        try (OnnxTensor input =
                OnnxTensor.createTensor(
                    environment, pixels.rewind(), dimensions, ai.onnxruntime.OnnxJavaType.UINT8);
            OrtSession.Result result = session.run(Map.of("pixels", input))) {
          rows.addAll(List.of((float[][]) result.get(0).getValue()));
        }
      }
    }
    return rows.toArray(float[][]::new);
  }

  private static float[] distances(byte[] file, float[][] rows, int[] left, int[] right)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor leftRows = select(environment, rows, left);
        OnnxTensor rightRows = select(environment, rows, right);
        OrtSession.Result result = session.run(Map.of("left", leftRows, "right", rightRows))) {
      return (float[]) result.get(0).getValue();
    }
  }

  private static OnnxTensor select(OrtEnvironment environment, float[][] rows, int[] selected)
      throws OrtException {
    FloatBuffer values = FloatBuffer.allocate(selected.length * rows[0].length);
    for (int row : selected) {
      values.put(rows[row]);
    }
    return OnnxTensor.createTensor(
        environment, values.rewind(), new long[] {selected.length, rows[0].length});
  }
}
