package dev.quadstream.network;

import java.util.Locale;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** The rule that turns a gradient into a parameter step. */
public enum UpdaterKind {
  /** Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-8; keeps two values a parameter. */
  ADAM,
  /** Nesterov momentum of 0.9; keeps one value a parameter. */
  NESTEROVS,
  /** Plain stochastic gradient descent; keeps nothing. */
  SGD;

  private static final double NESTEROV_MOMENTUM = 0.9;

  /** The value of the option: the name in lower case. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How many values its state has for each parameter. */
  int valuesPerParameter() {
    return switch (this) {
      case ADAM -> 2;
      case NESTEROVS -> 1;
      case SGD -> 0;
    };
  }

  IUpdater updater(double learningRate) {
    return switch (this) {
      case ADAM -> new Adam(learningRate);
      // Nesterovs(x) alone takes x for the momentum, at a learning rate of 0.1.
      case NESTEROVS -> new Nesterovs(learningRate, NESTEROV_MOMENTUM);
      case SGD -> new Sgd(learningRate);
    };
  }
}
