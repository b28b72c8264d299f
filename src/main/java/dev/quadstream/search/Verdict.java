package dev.quadstream.search;

/** What a similarity says about the class of an image that nobody has labelled. */
public enum Verdict {
  /** It is of the class of its nearest labelled neighbour. */
  KNOWN,
  /** It is of a class that no labelled image is of. */
  NEW,
  /** Neither can be said at the tolerated error rate. */
  UNSURE
}
