package dev.quadstream.bench;

import java.util.Map;

/** What one part measures. */
interface Measurement {

  /**
   * Measures, and prints rows of the table as they come.
   *
   * @return the part's JSON
   */
  Map<String, Object> measure(Bench bench);
}
