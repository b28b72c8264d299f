package dev.quadstream.experiment;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a pair of rows is compared for: whether {@code first} is above {@code second}.
 *
 * @param text the question, for people
 * @param first a row's name
 * @param second the row that it is held against
 */
record Question(String text, String first, String second) {

  /** Every question, and one for each row beside those of {@link Variant#all}. */
  static List<Question> of(List<Variant> rows) {
    Set<String> usual = Variant.all().stream().map(Variant::name).collect(Collectors.toSet());
    return Stream.concat(
            all().stream(),
            rows.stream()
                .map(Variant::name)
                .filter(name -> !usual.contains(name))
                .map(
                    name ->
                        new Question(
                            "Is the whole method better with %s?".formatted(name),
                            name,
                            Variant.WHOLE)))
        .toList();
  }

  /** Every question, asked before the first run. */
  static List<Question> all() {
    return List.of(
        new Question("Does the whole method beat raw pixels?", Variant.WHOLE, Ablation.RAW_PIXELS),
        new Question("Does it beat the Euclidean triplet?", Variant.WHOLE, "triplet-euclidean"),
        new Question(
            "Does it beat the triplet on the learned metric?", Variant.WHOLE, "triplet-learned"),
        new Question(
            "Is the learned metric worth it (triplet)?", "triplet-learned", "triplet-euclidean"),
        new Question(
            "Is the learned metric worth it (quadruplet, fixed)?",
            "quadruplet",
            "quadruplet-euclidean"),
        new Question(
            "Is the learned metric worth it (quadruplet, adaptive)?",
            Variant.WHOLE,
            "quadruplet-adaptive-euclidean"),
        new Question(
            "Does the whole method beat the Euclidean quadruplet with fixed margins?",
            Variant.WHOLE,
            "quadruplet-euclidean"),
        new Question(
            "Is the second term worth it (Euclidean, fixed)?",
            "quadruplet-euclidean",
            "triplet-euclidean"),
        new Question(
            "Is the second term worth it (learned, fixed)?", "quadruplet", "triplet-learned"),
        new Question(
            "Is the second term worth it (learned, adaptive)?", Variant.WHOLE, "triplet-adaptive"),
        new Question("Are adaptive margins worth it (learned)?", Variant.WHOLE, "quadruplet"),
        new Question(
            "Are adaptive margins worth it (Euclidean)?",
            "quadruplet-adaptive-euclidean",
            "quadruplet-euclidean"),
        new Question("Is the pair softmax loss worth it?", Variant.WHOLE, "pair-softmax-off"),
        new Question("Is mining by the margin worth it?", Variant.WHOLE, "random-mining"),
        new Question("Is averaging the parameters worth it?", Variant.WHOLE, "averaging-off"),
        new Question(
            "Is an orientation for each batch worth it?", Variant.WHOLE, "orientations-off"),
        new Question(
            "Is a mean over the active quadruplets worth it?", Variant.WHOLE, "mean-over-all"),
        new Question(
            "Is mining by a published model better than by the step's own forward pass?",
            Variant.WHOLE,
            "mined-anew"),
        new Question(
            "Are means over all pairs of the batch worth it?",
            Variant.WHOLE,
            "means-of-quadruplets"),
        new Question("Is the whole method above the paper's own recipe?", Variant.WHOLE, "paper"));
  }
}
