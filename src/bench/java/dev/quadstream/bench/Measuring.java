package dev.quadstream.bench;

import java.util.Map;

/** What one part measures. */
interface Measuring {

  /**
   * Measures, and prints rows of the table as they come.
   *
   * @param report the JSON of all parts; this one adds its own keys
   */
  void measure(Bench bench, Map<String, Object> report);
}
