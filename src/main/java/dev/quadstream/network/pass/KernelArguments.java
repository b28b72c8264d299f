package dev.quadstream.network.pass;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The integer arguments with which ND4J's native operations on images begin. */
final class KernelArguments {

  private KernelArguments() {}

  /**
   * The arguments of an operation.
   *
   * @param kernel [H, W], as the next three
   * @param further what the operation takes after them
   */
  static int[] of(int[] kernel, int[] stride, int[] padding, int[] dilation, int... further) {
    return IntStream.concat(
            Stream.of(kernel, stride, padding, dilation).flatMapToInt(Arrays::stream),
            IntStream.of(further))
        .toArray();
  }
}
