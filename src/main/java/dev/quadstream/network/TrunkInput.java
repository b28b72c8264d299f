package dev.quadstream.network;

import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.onnx.OnnxGraph;
import dev.quadstream.network.pass.NativeArrays;
import java.util.List;
import java.util.Map;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How images go into a trunk's first layer: pixels centred and channels last, features as they are.
 */
final class TrunkInput {

  private static final float[] CENTRED = centredBytes();

  private final NetworkSpec spec;

  /** Where the network wants the value that an image holds at an index; null for features. */
  private final int[] channelsLast;

  TrunkInput(NetworkSpec spec) {
    this.spec = spec;
    this.channelsLast = spec.backbone() == null ? channelsLast(spec.input()) : null;
  }

  private static int[] channelsLast(ImageShape input) {
    int pixels = input.height() * input.width();
    int[] target = new int[input.size()];
    for (int i = 0; i < target.length; i++) {
      target[i] = (i % pixels) * input.channels() + i / pixels;
    }
    return target;
  }

  /** Writes some images as they are embedded, which the network has found to be of its input. */
  void write(List<? extends ImageContent> images, int from, int to, INDArray batch) {
    float[] values = new float[spec.inputSize()];
    for (int image = from; image < to; image++) {
      if (channelsLast == null) {
        NativeArrays.write(images.get(image).values(), batch, (long) image * values.length);
        continue;
      }
      byte[] pixels = ((PixelImage) images.get(image)).pixels();
      for (int i = 0; i < values.length; i++) {
        values[channelsLast[i]] = CENTRED[pixels[i] & 0xFF];
      }
      NativeArrays.write(values, batch, (long) image * values.length);
    }
  }

  /** Writes some images as they are trained on: {@link ImageContent#values}, or views of them. */
  void write(float[][] images, int from, int to, INDArray batch) {
    float[] values = new float[spec.inputSize()];
    for (int image = from; image < to; image++) {
      if (channelsLast == null) {
        NativeArrays.write(images[image], batch, (long) image * values.length);
        continue;
      }
      for (int i = 0; i < values.length; i++) {
        values[channelsLast[i]] = centred(images[image][i]);
      }
      NativeArrays.write(values, batch, (long) image * values.length);
    }
  }

  /** Adds the network's input as an exported file has it; returns what the first layer reads. */
  String addTo(OnnxGraph graph) {
    if (channelsLast == null) {
      return graph.floatInput("features", spec.inputSize());
    }
    ImageShape input = spec.input();
    String pixels = graph.byteInput("pixels", input.channels(), input.height(), input.width());
    String values =
        graph.operator("Cast", Map.of("to", (long) TensorProto.DataType.FLOAT_VALUE), pixels);
    String shares = graph.operator("Div", values, graph.constant(255));
    return graph.operator(
        "Mul", graph.operator("Sub", shares, graph.constant(0.5f)), graph.constant(2));
  }

  // All passes scale by these same two operations, so that the same image is the same to each.
  private static float centred(float value) {
    return (value - 0.5f) * 2f;
  }

  private static float[] centredBytes() {
    float[] centred = new float[256];
    for (int value = 0; value < centred.length; value++) {
      centred[value] = centred(value / 255f);
    }
    return centred;
  }
}
