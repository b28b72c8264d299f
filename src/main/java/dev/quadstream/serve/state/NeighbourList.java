package dev.quadstream.serve.state;

import java.util.List;

/**
 * What lies nearest to an image under one model version.
 *
 * @param version the version
 * @param neighbours nearest first
 */
public record NeighbourList(long version, List<Neighbour> neighbours) {

  /**
   * One neighbour.
   *
   * @param id the image
   * @param label its class
   * @param distance ½‖x − y‖ of the embeddings, 0 to 1
   * @param g the network's own distance, 0 to 1; null where its model is not at hand
   */
  public record Neighbour(String id, String label, double distance, Double g) {}

  /**
   * The answer to a click or an upload.
   *
   * @param probe id of the image asked for, or null for an upload
   * @param label its class, or null for an upload
   * @param before under the version before, or null where there is none
   * @param now under the version asked for
   */
  public record Answer(String probe, String label, NeighbourList before, NeighbourList now) {}
}
