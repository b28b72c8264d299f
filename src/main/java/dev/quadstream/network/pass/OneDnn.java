package dev.quadstream.network.pass;

import dev.quadstream.network.environment.NativeLibraries;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Whether the passes call oneDNN directly, as they do in single precision wherever its natives are
 * on the class path: on x86-64, not on ARM.
 *
 * <p>Deeplearning4j 1.0.0-M2.1 never reaches the oneDNN that its own native library is built with:
 * its layer helpers are switched off by default, and when allowed, the check looks for a class that
 * M2 renamed ({@code Nd4jCpu$Environment}). ND4J's operations do reach it, but rearrange every
 * array on the way in and out and compute gradients that nobody wants; see docs/performance.md.
 */
final class OneDnn {

  private OneDnn() {}

  /** Whether passes on arrays of this type can call oneDNN here. */
  static boolean suits(DataType dataType) {
    return dataType == DataType.FLOAT
        && NativeLibraries.hasOneDnn(OneDnn.class.getClassLoader(), NativeLibraries.platform());
  }
}
