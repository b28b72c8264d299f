package dev.quadstream.serve.search;

import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.serve.DaemonThreads;
import dev.quadstream.serve.LastingWork;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Extends the graphs of large indexes in a thread of its own, while these are searched. */
final class GraphExtension implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GraphExtension.class);

  private static final long REST_MILLIS = 100;

  private final FollowedTopics topics;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("search-graphs"));
  private volatile boolean closing;
  private boolean failed;

  GraphExtension(FollowedTopics topics) {
    this.topics = topics;
    var unused =
        thread.scheduleWithFixedDelay(
            new LastingWork(this::extendAll, this::tell),
            REST_MILLIS,
            REST_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void extendAll() {
    boolean more = true;
    while (more && !closing) {
      more = false;
      for (ReleaseIndex release : topics.indexes().all()) {
        more |= !closing && release.index().extendGraph();
      }
    }
  }

  /** Once: what the graph does not hold is searched without it. */
  private void tell(Throwable failure) {
    if (failure != null && !failed) {
      failed = true;
      LOG.warn("A graph was not extended, and is tried again.", failure);
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.shutdown();
  }
}
