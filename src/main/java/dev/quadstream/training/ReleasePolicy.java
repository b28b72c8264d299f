package dev.quadstream.training;

/** Who decides which published version is live. */
public enum ReleasePolicy {
  /** The evidence: {@link ReleaseGate}. */
  GATE,
  /** Nobody: each published version is live at once. */
  EVERY,
  /** A person, by command. The first published version is live until then. */
  MANUAL
}
