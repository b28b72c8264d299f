package dev.quadstream.network;

import dev.quadstream.image.ImageContent;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The trunk of {@link QuadrupletNetwork} trained as a plain classifier, by softmax and
 * cross-entropy over a closed set of classes: the reference for what a trunk of that size can do.
 *
 * <p>One more dense layer behind the embedding gives the classes' logits; nothing is normalised in
 * between. For one thread at a time. Holds native memory: close it, and use it no more.
 */
public final class SoftmaxClassifier implements AutoCloseable {

  private static final int PREDICT_BATCH = 128;

  private final NetworkSpec spec;
  private final int classes;
  private final TrunkInput input;
  private final LayerChain chain;
  private int iteration;

  /**
   * A classifier with the initial parameters of the specification's seed.
   *
   * @param spec its metric is not used
   * @param classes at least 2
   */
  public SoftmaxClassifier(NetworkSpec spec, int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "Telling classes apart needs at least two, not %d.".formatted(classes));
    }
    this.spec = spec;
    this.classes = classes;
    this.input = new TrunkInput(spec);
    this.chain = new LayerChain(Configurations.classifier(spec, classes, DataType.FLOAT));
  }

  /**
   * One step on a batch.
   *
   * @param images [N][C·H·W], values 0 to 1 in channel, row, column order
   * @param labels the class of each image, 0 to {@code classes − 1}
   * @return the mean cross-entropy before the step, in nats
   */
  public double train(float[][] images, int[] labels) {
    if (images.length == 0 || images.length != labels.length) {
      throw new IllegalArgumentException(
          "A batch has a label for each of its images, but here are %d images and %d labels."
              .formatted(images.length, labels.length));
    }
    double[][] logits = logits(images);
    double loss = 0;
    double[] gradients = new double[images.length * classes];
    for (int image = 0; image < images.length; image++) {
      double largest = Arrays.stream(logits[image]).max().orElseThrow();
      double sum = 0;
      for (double logit : logits[image]) {
        sum += Math.exp(logit - largest);
      }
      for (int label = 0; label < classes; label++) {
        double probability = Math.exp(logits[image][label] - largest) / sum;
        double wanted = label == labels[image] ? 1 : 0;
        gradients[image * classes + label] = (probability - wanted) / images.length;
      }
      loss += (Math.log(sum) + largest - logits[image][labels[image]]) / images.length;
    }
    chain.backward(gradients);
    chain.update(iteration++, 1);
    return loss;
  }

  /** The most probable class of each image. */
  public int[] predict(List<? extends ImageContent> images) {
    int[] predicted = new int[images.size()];
    for (int start = 0; start < predicted.length; start += PREDICT_BATCH) {
      int count = Math.min(PREDICT_BATCH, predicted.length - start);
      float[][] batch = new float[count][];
      for (int image = 0; image < count; image++) {
        batch[image] = images.get(start + image).values();
      }
      double[][] logits = logits(batch);
      for (int image = 0; image < count; image++) {
        predicted[start + image] = indexOfLargest(logits[image]);
      }
    }
    return predicted;
  }

  /**
   * A new network with a copy of this classifier's trunk, whose embedding is the layer before the
   * classes, at unit length. Close it, too.
   */
  public QuadrupletNetwork embedder() {
    QuadrupletNetwork network =
        QuadrupletNetwork.create(
            new NetworkSpec(
                spec.trunk(),
                spec.input(),
                spec.backbone(),
                spec.embeddingSize(),
                MetricKind.EUCLIDEAN,
                spec.updater(),
                spec.learningRate(),
                spec.seed()));
    // Deeplearning4j puts the parameters layer after layer, the classes' own last.
    float[] trunk =
        Arrays.copyOf(NativeArrays.floats(parameters()), Math.toIntExact(network.parameterCount()));
    network.setParameters(
        new NetworkState(
            List.of(new NetworkState.Chain(Configurations.TRUNK, trunk, new float[0])), 0));
    return network;
  }

  /** All parameters, the trunk's before the classes' own; live memory. */
  INDArray parameters() {
    return chain.parameters();
  }

  private double[][] logits(float[][] images) {
    INDArray batch = chain.input(images.length);
    return NativeArrays.rows(
        chain.forward(images.length, (from, to) -> input.write(images, from, to, batch)));
  }

  private static int indexOfLargest(double[] values) {
    int largest = 0;
    for (int index = 1; index < values.length; index++) {
      if (values[index] > values[largest]) {
        largest = index;
      }
    }
    return largest;
  }

  @Override
  public void close() {
    chain.close();
  }
}
