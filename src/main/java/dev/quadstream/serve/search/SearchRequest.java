package dev.quadstream.serve.search;

import java.util.List;

/**
 * A search as its JSON asks for it: by one of id, vector and image.
 *
 * @param id of an image that is searchable
 * @param vector an embedding of the served release
 * @param image an encoded image, in base64
 * @param k how many neighbours; 10 unless told
 * @param labels which labels they may have; all where absent
 * @param rerank whether the nearest are put in the order of g; not unless told
 * @param run the run of the release to search, such as a vector's; with {@code release}
 * @param release the release to search; that which is served where absent
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record SearchRequest(
    String id,
    float[] vector,
    byte[] image,
    Long k,
    List<String> labels,
    Boolean rerank,
    String run,
    Long release) {

  /** Whether the nearest are put in the order of g. */
  boolean isReRanked() {
    return Boolean.TRUE.equals(rerank);
  }

  /** Several searches at once. */
  record Batch(List<SearchRequest> queries) {}
}
