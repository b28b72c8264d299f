package dev.quadstream.serve.search;

import dev.quadstream.registry.Release;
import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.ReleaseIndexes;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.search.Questions.Question;
import java.util.List;
import java.util.Map;

/**
 * What had been read of the topics at a moment. An image that is put in or taken out while it is
 * written may be in it or not: the records from its places on say so again.
 *
 * @param indexes of all releases; none of them is served yet
 * @param trials of each run
 */
record Snapshot(Header header, ReleaseIndexes indexes, Map<String, OpenSetTrials.State> trials) {

  /**
   * What is small of it.
   *
   * @param network whose live release it follows
   * @param time milliseconds since the epoch
   * @param topics the id of each topic by its name
   * @param places from which to go on
   * @param live the pointer to the live release; null if none was announced
   * @param newest the release that counts as live without a pointer; null for none
   * @param files what is known of the models that made the embeddings; null, of an earlier program,
   *     is none but the live one
   * @param waiting questions without an answer
   */
  record Header(
      String network,
      long time,
      Map<String, String> topics,
      List<Place> places,
      Release live,
      ReleaseKey newest,
      List<ReleaseFile> files,
      List<Question> waiting) {

    Header {
      if (files == null) {
        files =
            live == null
                ? List.of()
                : List.of(new ReleaseFile(FollowedTopics.keyOf(live), live.file().sha256()));
      }
    }
  }

  /** The file of the model that a release was. */
  record ReleaseFile(ReleaseKey key, String sha256) {}

  /**
   * A place in a partition.
   *
   * @param next the first offset that has not been read
   */
  record Place(String topic, int partition, long next) {}
}
