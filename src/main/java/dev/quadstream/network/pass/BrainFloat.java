package dev.quadstream.network.pass;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import org.nd4j.linalg.api.buffer.DataType;

/** Whether passes can compute in bfloat16 here. */
public final class BrainFloat {

  private BrainFloat() {}

  /**
   * Checks that they can.
   *
   * @throws UnsupportedOperationException saying what is missing
   */
  public static void require() {
    if (!OneDnn.suits(DataType.FLOAT)) {
      throw new UnsupportedOperationException(
          "bfloat16 is computed by oneDNN alone, which is not on the class path or has no natives for this platform.");
    }
    if (!isAvailable()) {
      throw new UnsupportedOperationException(
          "This processor has no instructions for bfloat16 (AVX-512 BF16 or AMX).");
    }
  }

  /** Whether the processor has the instructions: oneDNN's sets of them are masks of bits. */
  static boolean isAvailable() {
    return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16)
        == dnnl_cpu_isa_avx512_core_bf16;
  }
}
