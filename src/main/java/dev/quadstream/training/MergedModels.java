package dev.quadstream.training;

import java.util.Optional;

/** Where a replica finds a version that a batch was mined with, and which is there for that. */
public interface MergedModels {

  /**
   * A version to go on from; empty for version 0 of a run that no model was given to start from,
   * and for one that is gone where the run is to go on without it.
   *
   * @param run the run that the version counts in
   * @param version 0 or more
   */
  Optional<MergedModel> find(String run, long version);
}
