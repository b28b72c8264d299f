package dev.quadstream.logging;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/**
 * Counts warnings that repeat themselves: of one kind the first three come through, then the 10th,
 * the 100th and so on, each after a line that says the number. A Kafka client whose topic went away
 * writes a thousand a second. A kind that was silent for a minute begins anew.
 *
 * <p>A kind is a logger with a message before its parameters are put in. Thread-safe.
 */
@Plugin(
    name = "RepeatedWarnings",
    category = Node.CATEGORY,
    elementType = Filter.ELEMENT_TYPE,
    printObject = true)
public final class RepeatedWarnings extends AbstractFilter {

  private static final Logger LOG = LogManager.getLogger(RepeatedWarnings.class);
  private static final int FIRST = 3;
  private static final int STEP = 10;
  private static final long SILENCE_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final int MAX_KINDS = 1_000;

  private record Kind(String logger, String format) {}

  private record Count(long events, long lastMillis) {}

  private final Map<Kind, Count> counts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Count> eldest) {
          return size() > MAX_KINDS;
        }
      };

  /** For the logging's configuration. */
  @PluginFactory
  public static RepeatedWarnings create() {
    return new RepeatedWarnings();
  }

  @Override
  public Result filter(LogEvent event) {
    if (!event.getLevel().isMoreSpecificThan(Level.WARN)
        || event.getLoggerName().equals(LOG.getName())) {
      return Result.NEUTRAL;
    }
    long events = count(event);
    if (events <= FIRST) {
      return Result.NEUTRAL;
    }
    if (!isPowerOfStep(events)) {
      return Result.DENY;
    }
    LOG.warn("This has come {} times:", events);
    return Result.NEUTRAL;
  }

  private synchronized long count(LogEvent event) {
    Kind kind = new Kind(event.getLoggerName(), event.getMessage().getFormat());
    Count before = counts.get(kind);
    long now = event.getTimeMillis();
    boolean anew = before == null || now - before.lastMillis() > SILENCE_MILLIS;
    long events = anew ? 1 : before.events() + 1;
    counts.put(kind, new Count(events, now));
    return events;
  }

  private static boolean isPowerOfStep(long number) {
    long rest = number;
    while (rest % STEP == 0) {
      rest /= STEP;
    }
    return rest == 1;
  }
}
