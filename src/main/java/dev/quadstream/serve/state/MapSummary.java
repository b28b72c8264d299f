package dev.quadstream.serve.state;

import java.util.List;

/**
 * What the page says about the map beside showing it.
 *
 * @param frames the versions that can be shown, oldest first
 * @param live the version that is live, or null where that is not known
 * @param problem why there is none or no newer one, or null
 * @param confusions which classes are taken for which, under the newest version
 * @param arrivals the classes that the page met last, newest first
 */
public record MapSummary(
    List<Frame> frames,
    Long live,
    String problem,
    List<Confusion> confusions,
    List<Arrival> arrivals) {

  static final MapSummary EMPTY = new MapSummary(List.of(), null, null, List.of(), List.of());

  /**
   * A version that can be shown.
   *
   * @param version the model's version
   * @param createdAt milliseconds since the epoch
   * @param images of the gallery
   */
  public record Frame(long version, long createdAt, int images) {}

  /**
   * Images of one class whose nearest neighbour in the gallery is of another.
   *
   * @param label their class
   * @param takenFor the neighbours' class
   * @param count how many
   * @param image one of them
   * @param neighbour its neighbour
   */
  public record Confusion(
      String label, String takenFor, int count, String image, String neighbour) {}

  /**
   * A class and its first image.
   *
   * @param label the class
   * @param image id of the first image
   * @param at when it was captured, milliseconds since the epoch
   */
  record Arrival(String label, String image, long at) {}
}
