package dev.quadstream.network;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whether convolutions run through oneDNN, which is several times faster than the im2col path.
 *
 * <p>Deeplearning4j 1.0.0-M2.1 never reaches it by itself. Its layer helpers are switched off by
 * default, and when allowed, the check looks for a class that M2 renamed ({@code
 * Nd4jCpu$Environment}), so that every helper stays null and the layers multiply through a slow
 * im2col. {@link ConvolutionPass} calls the native operation instead, and that hands over to oneDNN
 * in a native library built with it (classifier {@code -onednn-*}), in single precision.
 */
public final class OneDnn {

  private static final int BATCH = 4;
  private static final int CHANNELS = 16;
  private static final int SIDE = 16;

  private OneDnn() {}

  /**
   * Whether this network's convolutions run through oneDNN here.
   *
   * <p>Found out by doing it: the native operation convolves the same values with and without the
   * native library's accelerated implementations. The two add up in different orders, so their last
   * bits differ exactly where an accelerated one exists. Takes a few milliseconds.
   */
  public static boolean isLive(QuadrupletNetwork network) {
    DataType dataType = network.trunkChain().parameters().dataType();
    INDArray input = values(dataType, BATCH, SIDE, SIDE, CHANNELS);
    INDArray weights = values(dataType, CHANNELS, CHANNELS, 3, 3);
    return !Arrays.equals(convolved(input, weights, true), convolved(input, weights, false));
  }

  private static double[] convolved(INDArray input, INDArray weights, boolean accelerated) {
    INDArray output =
        Nd4j.createUninitializedDetached(weights.dataType(), 'c', BATCH, SIDE, SIDE, CHANNELS);
    try (OpContext context = Nd4j.getExecutioner().buildContext()) {
      context.allowHelpers(accelerated);
      context.setIArguments(3, 3, 1, 1, 1, 1, 1, 1, 0, 1, 1);
      context.setInputArray(0, input);
      context.setInputArray(1, weights);
      context.setOutputArray(0, output);
      Nd4j.exec(new Conv2D(), context);
      return NativeArrays.doubles(output);
    } catch (Exception e) {
      throw new IllegalStateException("The native library cannot convolve: " + e.getMessage(), e);
    }
  }

  private static INDArray values(DataType dataType, long... shape) {
    INDArray array = Nd4j.createUninitializedDetached(dataType, 'c', shape);
    double[] values = new double[Math.toIntExact(array.length())];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(i + 1.0);
    }
    NativeArrays.write(values, array, 0);
    return array;
  }
}
