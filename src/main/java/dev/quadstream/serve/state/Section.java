package dev.quadstream.serve.state;

/** A part of the page that changes as one. */
public enum Section {
  HISTORY,
  HARDEST,
  MODELS,
  MAP,
  HELD_OUT,
  FEEDBACK
}
