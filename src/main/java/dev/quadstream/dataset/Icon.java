package dev.quadstream.dataset;

/**
 * One icon of one design.
 *
 * @param id {@code family/concept}
 * @param concept what it shows; the label
 * @param family the design it belongs to; a family draws a concept once
 */
public record Icon(String id, String concept, String family) {

  /** What a family draws of a concept. */
  static Icon of(String family, String concept) {
    return new Icon(family + "/" + concept, concept, family);
  }
}
