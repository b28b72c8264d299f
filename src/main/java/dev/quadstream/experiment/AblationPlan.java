package dev.quadstream.experiment;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is run.
 *
 * @param size how much of it
 * @param common options of every row beside its own, by key
 * @param variants the rows to train
 * @param forgetting whether the stream's own classes are measured, too, by their age
 */
public record AblationPlan(
    AblationSize size, Map<String, String> common, List<Variant> variants, boolean forgetting) {

  public AblationPlan {
    common = Map.copyOf(common);
    variants = List.copyOf(variants);
  }

  /** The same without some rows. */
  AblationPlan without(Set<String> rows) {
    return new AblationPlan(
        size,
        common,
        variants.stream().filter(variant -> !rows.contains(variant.name())).toList(),
        forgetting);
  }
}
