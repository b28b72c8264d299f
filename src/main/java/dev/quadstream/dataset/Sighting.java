package dev.quadstream.dataset;

/**
 * What a dataset says of an image beside its class.
 *
 * @param camera that took it, or null where that is not known
 * @param capturedAt milliseconds since the epoch, or null where that is not known
 * @param distractor whether it shows nobody that is asked for: it may be looked up in, but it is
 *     neither trained on nor looked up
 */
public record Sighting(String camera, Long capturedAt, boolean distractor) {

  /** Nothing is known. */
  public static final Sighting UNKNOWN = new Sighting(null, null, false);
}
