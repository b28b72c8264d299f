package dev.quadstream.stream.operator;

import dev.quadstream.registry.ContributionFiles;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Retention;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes models that nothing needs. What cannot be deleted is counted and tried again with the
 * next model: a disk that keeps too much is no reason to stop learning.
 */
final class ModelDeletion {

  private static final Logger LOG = LoggerFactory.getLogger(ModelDeletion.class);

  /** Tried with each model, so that those of a lost savepoint do not hold training up at once. */
  private static final int MAX_AT_ONCE = 8;

  private final ModelRegistry registry;
  private final ContributionFiles contributions;
  private final Counter failed;
  private final Map<String, Integer> attempts = new HashMap<>();

  ModelDeletion(ModelRegistry registry, ContributionFiles contributions, Counter failed) {
    this.registry = registry;
    this.contributions = contributions;
    this.failed = failed;
  }

  /**
   * Deletes what is beyond the newest and needed by nothing.
   *
   * @return what is left
   */
  Retention of(Retention retention, int keep) {
    // What failed before comes last, so that it never keeps the others from their turn.
    List<Retention.Model> surplus = new ArrayList<>(retention.surplus(keep));
    surplus.sort(Comparator.comparingInt(model -> attempts.getOrDefault(model.file(), 0)));
    Retention left = retention;
    for (Retention.Model model : surplus.subList(0, Math.min(MAX_AT_ONCE, surplus.size()))) {
      if (deleted(model.file(), registry::delete)) {
        left = left.without(model);
      }
    }
    return ofMerged(left);
  }

  /**
   * Deletes what replicas brought and no round needs.
   *
   * @return what is left
   */
  Retention ofMerged(Retention retention) {
    Retention left = retention;
    int again = 0;
    for (Retention.Merged merged : retention.mergedSurplus()) {
      boolean failedBefore = attempts.containsKey(merged.file());
      if (failedBefore && ++again > MAX_AT_ONCE) {
        continue;
      }
      if (deleted(merged.file(), contributions::delete)) {
        left = left.without(merged);
      }
    }
    return left;
  }

  private boolean deleted(String file, Consumer<String> deletion) {
    try {
      deletion.accept(file);
      attempts.remove(file);
      return true;
    } catch (RegistryException e) {
      failed.inc();
      if (attempts.merge(file, 1, Integer::sum) == 1) {
        LOG.warn("A file that is not needed any more stays for now: {}", e.getMessage());
      }
      return false;
    }
  }
}
