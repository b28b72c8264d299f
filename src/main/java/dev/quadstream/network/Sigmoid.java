package dev.quadstream.network;

/** σ(z) = 1 / (1 + e^−z), without overflow on either side. */
final class Sigmoid {

  private Sigmoid() {}

  static double of(double z) {
    if (z >= 0) {
      return 1 / (1 + Math.exp(-z));
    }
    double exponential = Math.exp(z);
    return exponential / (1 + exponential);
  }
}
