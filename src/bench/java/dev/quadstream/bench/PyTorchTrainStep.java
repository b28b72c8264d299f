package dev.quadstream.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.quadstream.image.ImageShape;
import dev.quadstream.metric.Quadruplet;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The training step of {@code TrainingStep} in PyTorch: Eq. 3 with margins that are constants, each
 * term averaged over its active quadruplets, the pair softmax loss, and Adam.
 */
final class PyTorchTrainStep implements Subject {

  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** The pairs of a quadruplet in rows: (i, j), (i, k), (l, k). */
  private static final List<ToIntFunction<Quadruplet>> LEFT =
      List.of(Quadruplet::anchor, Quadruplet::anchor, Quadruplet::secondNegative);

  private static final List<ToIntFunction<Quadruplet>> RIGHT =
      List.of(Quadruplet::positive, Quadruplet::negative, Quadruplet::negative);

  private static final List<ToIntFunction<Quadruplet>> BRANCHES =
      List.of(
          Quadruplet::anchor,
          Quadruplet::positive,
          Quadruplet::negative,
          Quadruplet::secondNegative);

  private final PyTorchNetwork network;
  private final List<float[][]> images;
  private final List<List<Quadruplet>> quadruplets;
  private final boolean fourBranches;
  private final FusedAdam adam;
  private final ImageShape shape;
  private final int count;
  private final ByteBuffer inputBytes;
  private final FloatBuffer inputs;
  private final NDArray margins;
  private final NDArray signs;
  private final NDArray shares;
  private int next;

  /**
   * A step on a workload.
   *
   * @param fourBranches whether the images of all four roles go through the network, instead of
   *     each distinct image once
   */
  PyTorchTrainStep(Workload workload, boolean fourBranches) {
    this.network = PyTorchSubjects.network(workload.spec(), true);
    this.images = workload.batches().stream().map(Workload.Batch::values).toList();
    this.quadruplets = workload.batches().stream().map(Workload.Batch::quadruplets).toList();
    this.fourBranches = fourBranches;
    this.shape = workload.spec().input();
    this.count = quadruplets.get(0).size();
    int embedded = fourBranches ? BRANCHES.size() * count : images.get(0).length;
    PtNDManager manager = network.manager();
    this.adam =
        new FusedAdam(
            manager, network.weights().size(), workload.spec().learningRate(), BETA_1, BETA_2);
    this.inputBytes = manager.allocateDirect(embedded * shape.size() * Float.BYTES);
    this.inputs = inputBytes.asFloatBuffer();
    this.margins =
        manager.create(
            new float[] {(float) Workload.MARGINS.first(), (float) Workload.MARGINS.second()},
            new Shape(2, 1));
    // −ln(1 − g) = softplus(z) for images of one class, −ln g = softplus(−z) for those of two.
    this.signs = manager.create(new float[] {1, -1, -1}, new Shape(3, 1));
    float same = (float) (Workload.PAIR_SOFTMAX_WEIGHT / (2.0 * count));
    this.shares = manager.create(new float[] {same, same / 2, same / 2}, new Shape(3, 1));
  }

  @Override
  public double run() {
    int batch = next++ % images.size();
    try (PtNDManager step = network.manager().newSubManager(Device.cpu())) {
      JniUtils.setGradMode(true);
      NDArray loss = loss(step, images.get(batch), quadruplets.get(batch));
      try (PtNDArray one = (PtNDArray) loss.onesLike()) {
        JniUtils.backward((PtNDArray) loss, one, false, false);
      }
      JniUtils.setGradMode(false);
      update(step);
      return loss.getFloat();
    }
  }

  private NDArray loss(PtNDManager step, float[][] images, List<Quadruplet> quadruplets) {
    NDArray left;
    NDArray right;
    if (fourBranches) {
      inputs.clear();
      for (ToIntFunction<Quadruplet> role : BRANCHES) {
        quadruplets.forEach(quadruplet -> inputs.put(images[role.applyAsInt(quadruplet)]));
      }
      NDList branches = network.embed(input(step)).split(BRANCHES.size());
      left = branches.get(0).concat(branches.get(0)).concat(branches.get(3));
      right = branches.get(1).concat(branches.get(2)).concat(branches.get(2));
    } else {
      inputs.clear();
      for (float[] image : images) {
        inputs.put(image);
      }
      NDArray embeddings = network.embed(input(step));
      left = rows(step, embeddings, quadruplets, LEFT);
      right = rows(step, embeddings, quadruplets, RIGHT);
    }
    NDArray logits = network.pairLogits(left, right).reshape(3, count);
    NDArray squared = Activation.sigmoid(logits).square();
    NDList kinds = squared.split(new long[] {1});
    NDArray hinges = Activation.relu(kinds.get(0).sub(kinds.get(1)).add(margins));
    NDArray active = hinges.gt(0f).toType(DataType.FLOAT32, false).sum(new int[] {1}).maximum(1f);
    NDArray quadrupletLoss = hinges.sum(new int[] {1}).div(active).sum();
    NDArray pairLoss = Activation.softPlus(logits.mul(signs)).mul(shares).sum();
    return quadrupletLoss.add(pairLoss);
  }

  private NDArray input(PtNDManager step) {
    long number = inputs.position() / shape.size();
    return step.create(
        inputBytes,
        new Shape(number, shape.height(), shape.width(), shape.channels()),
        DataType.FLOAT32);
  }

  /** The embeddings of one side of all pairs, [3M, E]. */
  private static NDArray rows(
      PtNDManager step,
      NDArray embeddings,
      List<Quadruplet> quadruplets,
      List<ToIntFunction<Quadruplet>> roles) {
    long[] rows = new long[roles.size() * quadruplets.size()];
    int next = 0;
    for (ToIntFunction<Quadruplet> role : roles) {
      for (Quadruplet quadruplet : quadruplets) {
        rows[next++] = role.applyAsInt(quadruplet);
      }
    }
    return JniUtils.embedding((PtNDArray) step.create(rows), (PtNDArray) embeddings, false);
  }

  /** As Deeplearning4j's Adam, whose ε stands beside √v before its bias is corrected. */
  private void update(PtNDManager step) {
    List<PyTorchNetwork.Weight> weights = network.weights();
    NDList arrays = new NDList();
    weights.forEach(weight -> arrays.add(weight.value()));
    for (PyTorchNetwork.Weight weight : weights) {
      PtNDArray gradient = JniUtils.getGradient(weight.value());
      gradient.attach(step);
      arrays.add(gradient);
    }
    weights.forEach(weight -> arrays.add(weight.mean()));
    weights.forEach(weight -> arrays.add(weight.variance()));
    arrays.add(step.create((float) next));
    arrays.add(step.create(EPSILON / Math.sqrt(1 - Math.pow(BETA_2, next))));
    adam.update(arrays);
    weights.forEach(PyTorchNetwork.Weight::dropGradient);
  }

  @Override
  public void close() {
    network.close();
  }
}
