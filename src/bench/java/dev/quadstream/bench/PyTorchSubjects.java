package dev.quadstream.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.pass.NativeArrays;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.DoubleStream;

/** PyTorch's side of each comparison, written as its users would for speed. */
final class PyTorchSubjects {

  private PyTorchSubjects() {}

  static Subject create(SubjectSpec spec) {
    return switch (spec.work()) {
      case TRAIN_STEP -> new PyTorchTrainStep(Workload.of(spec.trunk(), spec.size()), false);
      case TRAIN_STEP_FOUR_BRANCH ->
          new PyTorchTrainStep(Workload.of(spec.trunk(), spec.size()), true);
      case INFERENCE -> new Inference(Workload.of(spec.trunk(), spec.size()));
      case MATRIX_PRODUCT -> new MatrixProduct(spec.size());
      case BACKBONE, BACKBONE_BATCH, BACKBONE_MEMORY ->
          throw new IllegalArgumentException("A backbone runs in ONNX Runtime.");
      case TRAINER, INFERENCE_IN_BFLOAT16 ->
          throw new IllegalArgumentException("Only Quadstream does " + spec.work() + " here.");
    };
  }

  /** A PyTorch network with the initial weights of ours. */
  static PyTorchNetwork network(NetworkSpec spec, boolean trained) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      double[] parameters =
          network.chains().stream()
              .flatMapToDouble(chain -> DoubleStream.of(NativeArrays.doubles(chain.parameters())))
              .toArray();
      return new PyTorchNetwork(NetworkLayers.of(spec), parameters, trained);
    }
  }

  private static final class Inference implements Subject {

    private final PyTorchNetwork network;
    private final List<List<PixelImage>> images;
    private final ImageShape shape;
    private final ByteBuffer bytes;
    private int next;

    Inference(Workload workload) {
      this.network = network(workload.spec(), false);
      this.images = workload.batches().stream().map(Workload.Batch::pixels).toList();
      this.shape = workload.spec().input();
      this.bytes = network.manager().allocateDirect(images.get(0).size() * shape.size());
    }

    @Override
    public double run() {
      List<PixelImage> batch = images.get(next++ % images.size());
      bytes.clear();
      batch.forEach(image -> bytes.put(image.pixels()));
      bytes.rewind();
      try (PtNDManager step = network.manager().newSubManager(Device.cpu())) {
        NDArray pixels =
            step.create(
                bytes,
                new Shape(batch.size(), shape.height(), shape.width(), shape.channels()),
                DataType.UINT8);
        NDArray values = pixels.toType(DataType.FLOAT32, false).divi(255f);
        return network.embed(values).toFloatArray()[0];
      }
    }

    @Override
    public void close() {
      network.close();
    }
  }

  private static final class MatrixProduct implements Subject {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final NDArray left;
    private final NDArray right;

    MatrixProduct(int size) {
      this.left = manager.randomUniform(0, 1, new Shape(size, size));
      this.right = manager.randomUniform(0, 1, new Shape(size, size));
    }

    @Override
    public double run() {
      try (NDArray product = left.matMul(right)) {
        return product.getFloat(0, 0);
      }
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
