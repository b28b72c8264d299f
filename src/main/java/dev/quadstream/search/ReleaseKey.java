package dev.quadstream.search;

import java.util.Objects;

/**
 * What makes vectors comparable: equal run and release, and nothing else.
 *
 * @param run the run that the release is of
 * @param release the version of the model that was released
 */
public record ReleaseKey(String run, long release) {

  public ReleaseKey {
    Objects.requireNonNull(run, "run");
  }

  @Override
  public String toString() {
    return "release %d of run %s".formatted(release, run);
  }
}
