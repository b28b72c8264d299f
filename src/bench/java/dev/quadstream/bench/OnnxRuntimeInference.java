package dev.quadstream.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.OnnxExport;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Embeddings by ONNX Runtime, of the file that {@code export onnx} writes of our network. */
final class OnnxRuntimeInference implements Subject {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final List<List<PixelImage>> images;
  private final ImageShape shape;
  private final ByteBuffer bytes;
  private int next;

  OnnxRuntimeInference(Workload workload) {
    this.images = workload.batches().stream().map(Workload.Batch::pixels).toList();
    this.shape = workload.spec().input();
    this.bytes = ByteBuffer.allocateDirect(images.get(0).size() * shape.size());
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(NativeThreads.count());
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      this.session = environment.createSession(model(workload.spec()), options);
    } catch (OrtException e) {
      throw new BenchException("ONNX Runtime does not take the exported network: " + e);
    }
  }

  private static byte[] model(NetworkSpec spec) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      return OnnxExport.embedder(network, Map.of());
    }
  }

  @Override
  public double run() {
    List<PixelImage> batch = images.get(next++ % images.size());
    bytes.clear();
    batch.forEach(image -> bytes.put(image.pixels()));
    bytes.rewind();
    long[] dimensions = {batch.size(), shape.channels(), shape.height(), shape.width()};
    try (OnnxTensor pixels =
            OnnxTensor.createTensor(environment, bytes, dimensions, OnnxJavaType.UINT8);
        OrtSession.Result result = session.run(Map.of("pixels", pixels))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
