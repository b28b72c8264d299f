package dev.quadstream.experiment;

import dev.quadstream.dataset.HeldOutPart;
import java.util.Map;

/**
 * One network to train.
 *
 * @param dataset the name of what it is trained on
 * @param on the part of the held-out classes that it is measured with
 * @param images how many of them
 * @param digest the trial's, of what is shown on them
 * @param row the variant's name
 * @param seed the trial's
 * @param options everything that is set, by key
 */
record Run(
    String dataset,
    HeldOutPart on,
    int images,
    String digest,
    String row,
    long seed,
    Map<String, String> options) {

  Run {
    options = Map.copyOf(options);
  }
}
