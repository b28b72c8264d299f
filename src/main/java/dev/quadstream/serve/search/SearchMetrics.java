package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.Verdict;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Figures of the service in Prometheus' text format, version 0.0.4. Thread-safe. */
final class SearchMetrics {

  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final FollowedTopics topics;
  private final Answers answers;
  private final LongAdder searches = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder searchNanos = new LongAdder();

  SearchMetrics(FollowedTopics topics, Answers answers) {
    this.topics = topics;
    this.answers = answers;
  }

  void searched(long nanos) {
    searches.increment();
    searchNanos.add(nanos);
  }

  void refused() {
    refusals.increment();
  }

  byte[] text() {
    StringBuilder text = new StringBuilder();
    ReleaseIndex served = topics.indexes().served().orElse(null);
    add(text, "ready", "gauge", "1 once the topics have been read.", topics.isReady() ? 1 : 0);
    add(text, "images", "gauge", "Searchable images.", served == null ? 0 : served.index().size());
    add(
        text,
        "served_release",
        "gauge",
        "Version of the model whose release is served, -1 for none.",
        served == null ? -1 : served.key().release());
    add(
        text,
        "live_release",
        "gauge",
        "Version of the model that is live, -1 for none.",
        topics.live().map(release -> release.identity().version()).orElse(-1L));
    add(
        text,
        "live_coverage",
        "gauge",
        "Share of the served images that the live release holds.",
        topics.indexes().coverage());
    add(text, "records_total", "counter", "Records taken from Kafka.", topics.records());
    add(text, "records_skipped_total", "counter", "Records not usable.", topics.skipped());
    add(text, "refusals_total", "counter", "Requests that were refused.", refusals.sum());
    add(text, "questions_waiting", "gauge", "Questions to answer.", topics.questions().size());
    text.append("# HELP quadstream_search_answers_total Questions answered, by verdict.\n")
        .append("# TYPE quadstream_search_answers_total counter\n");
    for (Verdict verdict : Verdict.values()) {
      text.append("quadstream_search_answers_total{verdict=\"")
          .append(verdict.name().toLowerCase(Locale.ROOT))
          .append("\"} ")
          .append(answers.count(verdict))
          .append('\n');
    }
    text.append("# HELP quadstream_search_seconds Time that searches took.\n")
        .append("# TYPE quadstream_search_seconds summary\n")
        .append("quadstream_search_seconds_sum ")
        .append(searchNanos.sum() / 1e9)
        .append("\nquadstream_search_seconds_count ")
        .append(searches.sum())
        .append('\n');
    return text.toString().getBytes(UTF_8);
  }

  private static void add(StringBuilder text, String name, String type, String help, Number value) {
    String full = "quadstream_search_" + name;
    text.append("# HELP ").append(full).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(full).append(' ').append(type).append('\n');
    text.append(full).append(' ').append(value).append('\n');
  }
}
