package dev.quadstream.experiment;

import java.util.List;

/**
 * What a pair of rows is compared for: whether {@code first} is above {@code second}.
 *
 * @param text the question, for people
 * @param first a row's name
 * @param second the row that it is held against
 */
record Question(String text, String first, String second) {

  /** Every question, asked before the first run. */
  static List<Question> all() {
    return List.of(
        new Question(
            "Does the whole method beat raw pixels?", "quadruplet-adaptive", Ablation.RAW_PIXELS),
        new Question(
            "Does it beat the Euclidean triplet?", "quadruplet-adaptive", "triplet-euclidean"),
        new Question(
            "Does it beat the triplet on the learned metric?",
            "quadruplet-adaptive",
            "triplet-learned"),
        new Question(
            "Is the learned metric worth it (triplet)?", "triplet-learned", "triplet-euclidean"),
        new Question(
            "Is the learned metric worth it (quadruplet, fixed)?",
            "quadruplet",
            "quadruplet-euclidean"),
        new Question(
            "Is the learned metric worth it (quadruplet, adaptive)?",
            "quadruplet-adaptive",
            "quadruplet-adaptive-euclidean"),
        new Question(
            "Does the whole method beat the Euclidean quadruplet with fixed margins?",
            "quadruplet-adaptive",
            "quadruplet-euclidean"),
        new Question(
            "Is the second term worth it (Euclidean, fixed)?",
            "quadruplet-euclidean",
            "triplet-euclidean"),
        new Question(
            "Is the second term worth it (learned, fixed)?", "quadruplet", "triplet-learned"),
        new Question(
            "Is the second term worth it (learned, adaptive)?",
            "quadruplet-adaptive",
            "triplet-adaptive"),
        new Question(
            "Are adaptive margins worth it (learned)?", "quadruplet-adaptive", "quadruplet"),
        new Question(
            "Are adaptive margins worth it (Euclidean)?",
            "quadruplet-adaptive-euclidean",
            "quadruplet-euclidean"),
        new Question(
            "Is the pair softmax loss worth it?", "quadruplet-adaptive", "pair-softmax-off"),
        new Question("Is mining by the margin worth it?", "quadruplet-adaptive", "random-mining"),
        new Question(
            "Is averaging the parameters worth it?", "quadruplet-adaptive", "averaging-off"),
        new Question(
            "Is an orientation for each batch worth it?",
            "quadruplet-adaptive",
            "orientations-off"),
        new Question(
            "Is a mean over the active quadruplets worth it?",
            "quadruplet-adaptive",
            "mean-over-all"),
        new Question(
            "Is mining by a published model better than by the step's own forward pass?",
            "quadruplet-adaptive",
            "mined-anew"),
        new Question(
            "Are means over all pairs of the batch worth it?",
            "quadruplet-adaptive",
            "means-of-quadruplets"),
        new Question(
            "Is the whole method above the paper's own recipe?", "quadruplet-adaptive", "paper"));
  }
}
