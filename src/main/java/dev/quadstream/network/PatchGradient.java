package dev.quadstream.network;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parameter gradient of a first convolution as one matrix product: the patches of the input
 * that each output saw, times the output's gradient. A constant 1 in each patch gives the bias.
 *
 * <p>The native operation cannot leave out the gradient of the input image, which nobody wants, and
 * is slow for one or three input channels. Only for small patches: they are all laid out in memory.
 */
final class PatchGradient implements AutoCloseable {

  /** 3×3 in three colours. */
  private static final int LARGEST_PATCH = 27;

  /** Values laid out at a time, 16 MB; several images where they are small. */
  private static final int LARGEST_LAYOUT = 4 << 20;

  private final int kernelHeight;
  private final int kernelWidth;
  private final int paddingTop;
  private final int paddingLeft;
  private final RowBuffer memory;
  private final RowBuffer product;

  // The border stays 0 and the last row 1 as long as the number of images is the same.
  private float[] patches = new float[0];

  PatchGradient(ConvolutionLayer configuration) {
    this.kernelHeight = configuration.getKernelSize()[0];
    this.kernelWidth = configuration.getKernelSize()[1];
    this.paddingTop = configuration.getPadding()[0];
    this.paddingLeft = configuration.getPadding()[1];
    int patchSize = patchSize(configuration);
    this.memory = new RowBuffer(DataType.FLOAT, patchSize + 1);
    this.product = new RowBuffer(DataType.FLOAT, patchSize + 1);
  }

  /** Whether the gradient of this convolution can be computed here. */
  static boolean suits(ConvolutionLayer configuration, DataType dataType) {
    return dataType == DataType.FLOAT
        && patchSize(configuration) <= LARGEST_PATCH
        && Arrays.equals(configuration.getStride(), new int[] {1, 1})
        && Arrays.equals(configuration.getDilation(), new int[] {1, 1});
  }

  private static int patchSize(ConvolutionLayer configuration) {
    return Math.toIntExact(configuration.getNIn())
        * configuration.getKernelSize()[0]
        * configuration.getKernelSize()[1];
  }

  /**
   * Stores the gradient.
   *
   * @param input [N, H, W, C]
   * @param outputGradient [N, H', W', O]
   * @param weightGradient [O, C, kernel height, kernel width], written
   * @param biasGradient O values, written
   */
  void store(
      INDArray input, INDArray outputGradient, INDArray weightGradient, INDArray biasGradient) {
    float[] values = NativeArrays.floats(input);
    long images = input.size(0);
    long outputs = outputGradient.size(1) * outputGradient.size(2);
    long channels = outputGradient.size(3);
    int rows = kernelHeight * kernelWidth * Math.toIntExact(input.size(3)) + 1;
    long chunk = Math.max(1, LARGEST_LAYOUT / (rows * outputs));
    // In f order [patch + 1, O], which is this memory's [O, patch + 1] in c order, transposed.
    INDArray gradient = product.rows(channels).transpose();
    for (long start = 0; start < images; start += chunk) {
      long end = Math.min(start + chunk, images);
      long columns = (end - start) * outputs;
      layOut(values, input, outputGradient, start, end, rows);
      INDArray matrix = memory.rows(columns);
      NativeArrays.write(patches, matrix, 0);
      INDArray slice = outputGradient.get(NDArrayIndex.interval(start, end));
      Nd4j.gemm(
          matrix.reshape('c', rows, columns),
          slice.reshape('c', columns, channels).transpose(),
          gradient,
          false,
          true,
          1.0,
          start == 0 ? 0.0 : 1.0);
    }
    split(NativeArrays.floats(product.rows(channels)), rows, weightGradient, biasGradient);
  }

  /** Row (c, y, x) of {@link #patches}: what the kernel's position y, x saw in channel c. */
  private void layOut(
      float[] values, INDArray input, INDArray output, long start, long end, int rows) {
    int height = Math.toIntExact(input.size(1));
    int width = Math.toIntExact(input.size(2));
    int channels = Math.toIntExact(input.size(3));
    int outputHeight = Math.toIntExact(output.size(1));
    int outputWidth = Math.toIntExact(output.size(2));
    int columns = Math.toIntExact((end - start) * outputHeight * outputWidth);
    if (patches.length != rows * columns) {
      patches = new float[rows * columns];
      Arrays.fill(patches, (rows - 1) * columns, rows * columns, 1f);
    }
    int target = 0;
    for (int channel = 0; channel < channels; channel++) {
      for (int y = -paddingTop; y < kernelHeight - paddingTop; y++) {
        for (int x = -paddingLeft; x < kernelWidth - paddingLeft; x++) {
          int first = Math.max(0, -x);
          int last = Math.min(outputWidth, width - x);
          for (long image = start; image < end; image++) {
            for (int row = 0; row < outputHeight; row++, target += outputWidth) {
              if (row + y < 0 || row + y >= height) {
                continue;
              }
              int line = Math.toIntExact((image * height + row + y) * width);
              for (int column = first; column < last; column++) {
                patches[target + column] = values[(line + column + x) * channels + channel];
              }
            }
          }
        }
      }
    }
  }

  private static void split(
      float[] gradient, int rows, INDArray weightGradient, INDArray biasGradient) {
    int patchSize = rows - 1;
    int channels = gradient.length / rows;
    float[] weights = new float[channels * patchSize];
    float[] bias = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      System.arraycopy(gradient, channel * rows, weights, channel * patchSize, patchSize);
      bias[channel] = gradient[channel * rows + patchSize];
    }
    NativeArrays.write(weights, weightGradient, 0);
    NativeArrays.write(bias, biasGradient, 0);
  }

  @Override
  public void close() {
    memory.close();
    product.close();
  }
}
