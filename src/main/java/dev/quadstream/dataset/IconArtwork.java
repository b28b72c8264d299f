package dev.quadstream.dataset;

import java.awt.Graphics2D;

/** What is to be seen of an icon, at any size. Thread-safe and deterministic. */
interface IconArtwork {

  /** Paints itself with its centre in the origin and a longer side of 1. */
  void paint(Graphics2D graphics);
}
