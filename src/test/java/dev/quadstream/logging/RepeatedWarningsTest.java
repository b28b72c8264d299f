package dev.quadstream.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.PrintableText;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.ParameterizedMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedWarningsTest {

  private static final String PROGRAM = "src/main/resources/dev/quadstream/cli/log4j2.properties";
  private static final String CLUSTER = "flink-conf/log4j-console.properties";

  private final RepeatedWarnings filter = RepeatedWarnings.create();

  @Test
  void ofManyEqualWarningsAFewComeThroughAndTheirNumbersAreTold() {
    List<Integer> passed = new ArrayList<>();
    for (int i = 1; i <= 15_458; i++) {
      if (passes(warning("Received unknown topic in fetch for partition {}", i, i))) {
        passed.add(i);
      }
    }
    assertThat(passed).containsExactly(1, 2, 3, 10, 100, 1_000, 10_000);
  }

  @Test
  void otherWarningsAndWhatIsNoWarningComeThrough() {
    for (int i = 1; i <= 100; i++) {
      assertThat(passes(event(Level.INFO, "Went on", i))).isTrue();
    }
    for (int kind = 0; kind < 2_000; kind++) {
      assertThat(passes(warning("Kind " + kind, 1))).isTrue();
    }
  }

  @Test
  void afterAMinuteOfSilenceItBeginsAnew() {
    for (int i = 1; i <= 50; i++) {
      passes(warning("Gone", i));
    }
    assertThat(passes(warning("Gone", 60_000))).isFalse();
    assertThat(passes(warning("Gone", 120_001))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {PROGRAM, CLUSTER})
  void theConfigurationsLeaveOutWhatRepeatsItself(String file) throws Exception {
    try (LoggerContext context = new LoggerContext("any")) {
      context.start(configuration(context, file));
      LoggerConfig root = context.getConfiguration().getRootLogger();
      root.getAppenders().keySet().forEach(root::removeAppender);
      List<String> written = new ArrayList<>();
      root.addAppender(new CollectingAppender(written), null, null);
      // Kafka's clients put the parameters in before they log.
      for (int i = 0; i < 1_000; i++) {
        context
            .getLogger("org.apache.kafka.clients.consumer.internals.FetchCollector")
            .warn("Received unknown topic or partition error in fetch for partition g.images-0");
      }
      assertThat(written).as("1st, 2nd, 3rd, 10th, 100th, 1000th").hasSize(6);
    }
  }

  private static Configuration configuration(LoggerContext context, String file) throws Exception {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return new PropertiesConfigurationFactory()
          .getConfiguration(context, new ConfigurationSource(in));
    }
  }

  private static final class CollectingAppender extends AbstractAppender {

    private final List<String> written;

    CollectingAppender(List<String> written) {
      super("collecting", null, null, true, Property.EMPTY_ARRAY);
      this.written = written;
      start();
    }

    @Override
    public void append(LogEvent event) {
      written.add(event.getMessage().getFormattedMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PROGRAM, CLUSTER})
  void noAppenderWritesWhatATerminalObeys(String file) throws Exception {
    try (LoggerContext context = new LoggerContext("test")) {
      Configuration configuration = configuration(context, file);
      configuration.initialize();
      String hostile = "\u001b[2J\u009b31m\u202eevil\r";
      LogEvent event =
          Log4jLogEvent.newBuilder()
              .setLoggerName("dev.quadstream.Any")
              .setLevel(Level.WARN)
              .setMessage(new ParameterizedMessage("It says {} 猫", hostile))
              .setThrown(new IllegalStateException(hostile))
              .build();
      assertThat(configuration.getAppenders().values())
          .hasSize(2)
          .allSatisfy(
              appender ->
                  assertThat(appender.getLayout().toSerializable(event).toString())
                      .contains("It says \uFFFD[2J", "猫")
                      .matches(
                          text ->
                              text.codePoints()
                                  .allMatch(
                                      character ->
                                          PrintableText.isPrintable(character)
                                              || character == '\n'
                                              || character == '\t')));
    }
  }

  private boolean passes(LogEvent event) {
    return filter.filter(event) != Filter.Result.DENY;
  }

  private static LogEvent warning(String format, long millis, Object... parameters) {
    return event(Level.WARN, format, millis, parameters);
  }

  private static LogEvent event(Level level, String format, long millis, Object... parameters) {
    return Log4jLogEvent.newBuilder()
        .setLoggerName("org.apache.kafka.clients.consumer.internals.FetchCollector")
        .setLevel(level)
        .setMessage(new ParameterizedMessage(format, parameters))
        .setTimeMillis(millis)
        .build();
  }
}
