package dev.quadstream.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** Reads all that some loggers say at DEBUG, whatever the terminal shows of it. */
final class TestingLogScan extends AbstractAppender implements AutoCloseable {

  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final Map<String, LoggerConfig> before = new ConcurrentHashMap<>();
  private final List<String> added = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
  private final List<String> wanted;

  /**
   * Starts to listen.
   *
   * @param loggers names of loggers
   * @param wanted of lines below a warning only those with one of these are kept
   */
  TestingLogScan(List<String> loggers, List<String> wanted) {
    super("scan", null, null, true, Property.EMPTY_ARRAY);
    this.wanted = wanted;
    start();
    Configuration configuration = context.getConfiguration();
    for (String name : loggers) {
      LoggerConfig existing = configuration.getLoggers().get(name);
      if (existing != null) {
        before.put(name, existing);
      }
      LoggerConfig scanned = new LoggerConfig(name, Level.DEBUG, false);
      scanned.addAppender(this, Level.DEBUG, null);
      configuration.removeLogger(name);
      configuration.addLogger(name, scanned);
      added.add(name);
    }
    context.updateLoggers();
  }

  @Override
  public void append(LogEvent event) {
    String line = event.getLoggerName() + ": " + event.getMessage().getFormattedMessage();
    for (Throwable cause = event.getThrown(); cause != null; cause = cause.getCause()) {
      line += " / " + cause;
    }
    String said = line;
    if (event.getLevel().isMoreSpecificThan(Level.WARN)
        || wanted.stream().anyMatch(said::contains)) {
      lines.add(said);
    }
  }

  /** The lines kept so far. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    Configuration configuration = context.getConfiguration();
    added.forEach(configuration::removeLogger);
    before.forEach(configuration::addLogger);
    context.updateLoggers();
    stop();
  }
}
