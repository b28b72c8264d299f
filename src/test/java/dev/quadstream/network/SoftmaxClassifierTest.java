package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.PixelImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class SoftmaxClassifierTest {

  private static final int CLASSES = 3;

  private final NetworkSpec spec = TestingNetworks.spec(MetricKind.LEARNED);
  private final List<PixelImage> images = images(24);
  private final int[] labels = labels(24);

  @Test
  void startsFromTheQuadrupletNetworksTrunk() {
    NetworkSpec euclidean = TestingNetworks.spec(MetricKind.EUCLIDEAN);
    try (SoftmaxClassifier classifier = new SoftmaxClassifier(spec, CLASSES);
        QuadrupletNetwork embedder = classifier.embedder();
        QuadrupletNetwork network = QuadrupletNetwork.create(euclidean)) {
      assertThat(TestingNetworks.parameters(embedder))
          .isEqualTo(TestingNetworks.parameters(network));
    }
  }

  @Test
  void learnsToTellClassesApart() {
    try (SoftmaxClassifier classifier = new SoftmaxClassifier(spec, CLASSES)) {
      double first = classifier.train(values(), labels);
      double last = first;
      for (int step = 0; step < 30; step++) {
        last = classifier.train(values(), labels);
      }

      assertThat(last).isLessThan(first / 10);
      assertThat(classifier.predict(images)).isEqualTo(labels);
    }
  }

  @Test
  void theLossIsThatOfDeeplearning4jsOutputLayer() {
    MultiLayerConfiguration trunk =
        Configurations.trunk(spec, org.nd4j.linalg.api.buffer.DataType.FLOAT).configuration();
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder().seed(spec.seed()).list();
    trunk.getConfs().forEach(layer -> layers.layer(layer.getLayer()));
    MultiLayerNetwork reference =
        new MultiLayerNetwork(
            layers
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(Configurations.inputType(spec))
                .build());
    reference.init();
    try (SoftmaxClassifier classifier = new SoftmaxClassifier(spec, CLASSES)) {
      reference.setParams(classifier.parameters().dup());

      double score = reference.score(new org.nd4j.linalg.dataset.DataSet(inputs(), oneHot()));

      assertThat(classifier.train(values(), labels)).isCloseTo(score, within(1e-4));
    }
  }

  @Test
  void whatDoesNotFitIsAnError() {
    assertThatThrownBy(() -> new SoftmaxClassifier(spec, 1)).hasMessageContaining("not 1");
    try (SoftmaxClassifier classifier = new SoftmaxClassifier(spec, CLASSES)) {
      assertThatThrownBy(() -> classifier.train(values(), new int[1]))
          .hasMessageContaining("24 images and 1 labels");
    }
  }

  private INDArray inputs() {
    int side = spec.input().width();
    INDArray inputs = Nd4j.create(images.size(), side, side, 1);
    float[][] values = values();
    for (int image = 0; image < values.length; image++) {
      for (int i = 0; i < values[image].length; i++) {
        inputs.putScalar(new long[] {image, i / side, i % side, 0}, values[image][i] * 2 - 1);
      }
    }
    return inputs;
  }

  private INDArray oneHot() {
    INDArray oneHot = Nd4j.zeros(labels.length, CLASSES);
    for (int image = 0; image < labels.length; image++) {
      oneHot.putScalar(image, labels[image], 1);
    }
    return oneHot;
  }

  private float[][] values() {
    float[][] values = new float[images.size()][spec.input().size()];
    for (int image = 0; image < values.length; image++) {
      for (int i = 0; i < values[image].length; i++) {
        values[image][i] = images.get(image).valueAt(i) / 255f;
      }
    }
    return values;
  }

  /** A bright band whose height is the class, in noise. */
  private static List<PixelImage> images(int count) {
    SplittableRandom random = new SplittableRandom(5);
    List<PixelImage> images = new ArrayList<>();
    for (int image = 0; image < count; image++) {
      byte[] pixels = new byte[TestingNetworks.INPUT.size()];
      int width = TestingNetworks.INPUT.width();
      for (int i = 0; i < pixels.length; i++) {
        boolean band = i / width / 9 == image % CLASSES;
        pixels[i] = (byte) (random.nextInt(100) + (band ? 100 : 0));
      }
      images.add(new PixelImage(TestingNetworks.INPUT, pixels));
    }
    return images;
  }

  private static int[] labels(int count) {
    int[] labels = new int[count];
    for (int image = 0; image < count; image++) {
      labels[image] = image % CLASSES;
    }
    return labels;
  }
}
