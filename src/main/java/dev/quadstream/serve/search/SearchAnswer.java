package dev.quadstream.serve.search;

import dev.quadstream.kafka.MatchMessage.Candidate;
import java.util.List;

/**
 * The neighbours of what was asked for, nearest first, all of one release.
 *
 * @param run whose release it is
 * @param release the version of the released model
 * @param images how many were searched
 * @param candidates the neighbours; fewer than asked for where there are no more
 */
record SearchAnswer(String run, long release, int images, List<Candidate> candidates) {

  /** Those of several searches, in their order. */
  record Batch(List<SearchAnswer> answers) {}
}
