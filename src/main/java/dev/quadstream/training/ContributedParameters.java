package dev.quadstream.training;

/** The parameters that a replica brings to a merge, wherever they lie. */
public interface ContributedParameters {

  /** Whether those at the end of the round are all finite numbers. */
  boolean areFinite();

  /** Whether it has those at the start of the round, too, which an {@link OuterStep} needs. */
  boolean hasStart();

  /**
   * Reads them from the first on.
   *
   * @param store where {@link StoredParameters} lie
   */
  ParameterReader open(ParameterStore store);
}
