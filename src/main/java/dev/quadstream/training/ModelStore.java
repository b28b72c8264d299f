package dev.quadstream.training;

import dev.quadstream.network.QuadrupletNetwork;
import java.util.Optional;

/** Where the versions of a run are found. */
public interface ModelStore {

  /**
   * A version to mine with, if it can be had by now; asking costs little.
   *
   * @param run the run that the version counts in
   * @param version 0 or more; 0 is what the run began with
   * @param reuse a network that it may be loaded into, or null
   */
  Optional<MiningModel> find(String run, long version, QuadrupletNetwork reuse);
}
