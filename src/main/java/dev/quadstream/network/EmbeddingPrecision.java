package dev.quadstream.network;

import dev.quadstream.network.pass.BrainFloat;

/** In which numbers a trunk computes embeddings that nothing is learned from. */
public enum EmbeddingPrecision {
  /** Those that it is trained in. */
  SINGLE,
  /**
   * Convolutions and pooling in bfloat16, eight bits of mantissa, added up in single precision, on
   * processors that have it (AVX-512 BF16, AMX): half the time, and of a hundred nearest neighbours
   * one is another.
   */
  BFLOAT16;

  /**
   * Checks that this process can compute so.
   *
   * @throws UnsupportedOperationException saying what is missing
   */
  public void requireAvailable() {
    if (this == BFLOAT16) {
      BrainFloat.require();
    }
  }
}
