package dev.quadstream.serve.state;

import java.util.EnumMap;
import java.util.Map;

/**
 * How often each section has changed, so that a browser is sent only what it has not seen. Not
 * thread-safe.
 */
final class Revisions {

  private final Map<Section, Long> revisions = new EnumMap<>(Section.class);

  /** Those of these sections, each at 1. */
  Revisions(Section... sections) {
    for (Section section : sections) {
      revisions.put(section, 1L);
    }
  }

  void changed(Section section) {
    revisions.merge(section, 1L, Long::sum);
  }

  long of(Section section) {
    return revisions.get(section);
  }
}
