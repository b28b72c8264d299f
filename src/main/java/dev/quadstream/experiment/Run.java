package dev.quadstream.experiment;

import java.util.Map;

/**
 * One network to train.
 *
 * @param dataset the name of what it is trained on
 * @param images how many of them
 * @param row the variant's name
 * @param seed the trial's
 * @param options everything that is set, by key
 */
record Run(String dataset, int images, String row, long seed, Map<String, String> options) {

  Run {
    options = Map.copyOf(options);
  }
}
