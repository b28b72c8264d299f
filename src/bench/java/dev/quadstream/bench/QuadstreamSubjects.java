package dev.quadstream.bench;

import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletLoss;
import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.TrainingStep;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The product's side of each comparison. */
final class QuadstreamSubjects {

  private QuadstreamSubjects() {}

  static Subject create(SubjectSpec spec) {
    return switch (spec.work()) {
      case TRAIN_STEP -> new Step(Workload.of(spec.trunk(), spec.size()));
      case TRAINER -> new Trainer(Workload.of(spec.trunk(), spec.size()));
      case INFERENCE ->
          new Inference(Workload.of(spec.trunk(), spec.size()), EmbeddingPrecision.SINGLE);
      case INFERENCE_IN_BFLOAT16 ->
          new Inference(Workload.of(spec.trunk(), spec.size()), EmbeddingPrecision.BFLOAT16);
      case BACKBONE, BACKBONE_MEMORY -> BackboneSubjects.ours(spec);
      case MATRIX_PRODUCT -> new MatrixProduct(spec.size());
      case BACKBONE_BATCH ->
          throw new IllegalArgumentException("Quadstream computes images one by one.");
      case TRAIN_STEP_FOUR_BRANCH ->
          throw new IllegalArgumentException("Quadstream embeds each distinct image once.");
    };
  }

  private static final class Step implements Subject {

    private final QuadrupletNetwork network;
    private final TrainingStep step =
        new TrainingStep(new QuadrupletLoss(LossForm.QUADRUPLET), Workload.PAIR_SOFTMAX_WEIGHT);
    private final List<float[][]> images;
    private final List<List<Quadruplet>> quadruplets;
    private int next;

    Step(Workload workload) {
      this.network = QuadrupletNetwork.create(workload.spec());
      this.images = workload.batches().stream().map(Workload.Batch::values).toList();
      this.quadruplets = workload.batches().stream().map(Workload.Batch::quadruplets).toList();
    }

    @Override
    public double run() {
      int batch = next++ % images.size();
      network.forward(images.get(batch));
      double loss = step.run(network, quadruplets.get(batch), Workload.MARGINS).total();
      network.update(1);
      return loss;
    }

    @Override
    public void close() {
      network.close();
    }
  }

  /** With the options' defaults, augmentation among them. */
  private static final class Trainer implements Subject {

    private final QuadrupletTrainer trainer;
    private final List<Workload.Batch> batches;
    private int next;

    Trainer(Workload workload) {
      this.trainer =
          new QuadrupletTrainer(
              PipelineSettings.of(new Configuration()).training(),
              QuadrupletNetwork.create(workload.spec()));
      this.batches = workload.batches();
    }

    @Override
    public double run() {
      Workload.Batch batch = batches.get(next % batches.size());
      int images = batch.images().size();
      WindowReport report =
          trainer.train(
              new TrainingBatch(
                  new WindowId("bench", next++, 1),
                  false,
                  0,
                  new TrainingBatch.Mined(batch.images(), images, batch.quadruplets(), images),
                  TrainingBatch.Changes.NONE,
                  new TrainingBatch.Tests(new Prequential(0, 0, 0), null),
                  new WindowReport.Memory(0, 0),
                  Map.of(),
                  List.of()));
      if (report.health().reason() != null) {
        throw new IllegalStateException(report.health().reason());
      }
      return report.loss().total();
    }

    @Override
    public void close() {
      trainer.close();
    }
  }

  private static final class Inference implements Subject {

    private final QuadrupletNetwork network;
    private final List<List<PixelImage>> images;
    private int next;

    Inference(Workload workload, EmbeddingPrecision precision) {
      this.network = QuadrupletNetwork.create(workload.spec(), precision);
      this.images = workload.batches().stream().map(Workload.Batch::pixels).toList();
    }

    @Override
    public double run() {
      return network.embed(images.get(next++ % images.size()))[0][0];
    }

    @Override
    public void close() {
      network.close();
    }
  }

  /** By OpenBLAS in all threads, of which the product leaves it one. */
  private static final class MatrixProduct implements Subject {

    private final INDArray left;
    private final INDArray right;
    private final INDArray product;

    MatrixProduct(int size) {
      Nd4j.factory().blas().setMaxThreads(NativeThreads.count());
      this.left = Nd4j.rand(DataType.FLOAT, size, size);
      this.right = Nd4j.rand(DataType.FLOAT, size, size);
      this.product = Nd4j.create(DataType.FLOAT, new long[] {size, size}, 'f');
    }

    @Override
    public double run() {
      Nd4j.gemm(left, right, product, false, false, 1, 0);
      return product.getDouble(0, 0);
    }

    @Override
    public void close() {
      left.close();
      right.close();
      product.close();
      Nd4j.factory().blas().setMaxThreads(1);
    }
  }
}
