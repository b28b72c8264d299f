package dev.quadstream.network;

import dev.quadstream.network.onnx.OnnxGraph;
import java.util.Map;

/**
 * A network as two ONNX files of opset 13, which together give the embeddings and distances that
 * {@link QuadrupletNetwork#embed} and {@link QuadrupletNetwork#metric} give, to single precision's
 * last bits.
 */
public final class OnnxExport {

  private OnnxExport() {}

  /**
   * The embedder: {@code pixels}, bytes [batch, C, H, W], or behind a backbone {@code features},
   * [batch, F] whose mean square is 1, to {@code embedding}, [batch, E] of unit length.
   *
   * @param metadata facts that go into the file
   */
  public static byte[] embedder(QuadrupletNetwork network, Map<String, String> metadata) {
    OnnxGraph graph = new OnnxGraph("embedder");
    graph.output("embedding", network.trunk().addTo(graph), network.spec().embeddingSize());
    return graph.toBytes(metadata);
  }

  /**
   * The pair metric: {@code left} and {@code right}, embeddings [batch, E], to {@code g}, [batch]
   * in [0, 1].
   *
   * @param metadata facts that go into the file
   */
  public static byte[] pairMetric(QuadrupletNetwork network, Map<String, String> metadata) {
    OnnxGraph graph = new OnnxGraph("pair");
    graph.output("g", network.head().addTo(graph));
    return graph.toBytes(metadata);
  }
}
