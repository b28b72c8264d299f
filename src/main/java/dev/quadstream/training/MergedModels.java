package dev.quadstream.training;

/** Where a replica finds a version that a batch was mined with, and which is there for that. */
public interface MergedModels {

  /**
   * A version to go on from.
   *
   * @param run the run that the version counts in
   * @param version 1 or more
   */
  MergedModel find(String run, long version);
}
