package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.PrintableText;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.ParameterizedMessage;
import org.junit.jupiter.api.Test;

class RepeatedWarningsTest {

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

  @Test
  void theProgramsOwnConfigurationHasIt() throws Exception {
    try (InputStream in = RepeatedWarnings.class.getResourceAsStream("log4j2.properties")) {
      Configuration configuration =
          new PropertiesConfigurationFactory()
              .getConfiguration(new LoggerContext("test"), new ConfigurationSource(in));
      configuration.initialize();
      assertThat(configuration.getFilter()).isInstanceOf(RepeatedWarnings.class);
    }
  }

  @Test
  void noAppenderOfTheProgramWritesWhatATerminalObeys() throws Exception {
    try (InputStream in = RepeatedWarnings.class.getResourceAsStream("log4j2.properties")) {
      Configuration configuration =
          new PropertiesConfigurationFactory()
              .getConfiguration(new LoggerContext("test"), new ConfigurationSource(in));
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
