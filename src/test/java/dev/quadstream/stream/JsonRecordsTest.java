package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.registry.ReleaseCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What anybody who can write to the releases topic can make of it. */
class JsonRecordsTest {

  private static final String KEY = "network/commands/1";
  private static final ReleaseCommand PIN =
      new ReleaseCommand("1", "network", "run-1", ReleaseCommand.Action.PIN, 4L, "abc", 1, 0);

  private final Counter refused = new SimpleCounter();
  private final JsonRecords<ReleaseCommand> messages = JsonRecords.releaseCommands("network");
  private final List<ReleaseCommand> commands = new ArrayList<>();

  @BeforeEach
  void open() {
    messages.open(
        new DeserializationSchema.InitializationContext() {
          @Override
          public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup() {
              @Override
              public Counter counter(String name) {
                return refused;
              }
            };
          }

          @Override
          public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException("No classes are loaded.");
          }
        });
  }

  @Test
  void commandsOfTheNetworkComeThrough() {
    read(KEY, JsonMessages.write(PIN));
    assertThat(commands).containsExactly(PIN);
    assertThat(refused.getCount()).isZero();
  }

  @Test
  void pointersAndWhatIsOfOthersArePassedOver() {
    read(null, JsonMessages.write(PIN));
    read("network", "{}".getBytes(UTF_8));
    read("other/commands/1", JsonMessages.write(PIN));
    read(KEY, null);
    assertThat(commands).isEmpty();
    assertThat(refused.getCount()).isZero();
  }

  @Test
  void whatIsNoCommandIsCounted() {
    String whole = new String(JsonMessages.write(PIN), UTF_8);
    List<String> forged =
        List.of(
            "",
            "null",
            "[]",
            "{",
            "\u0000",
            "{}",
            whole.replace("pin", "format-the-disk").replace("PIN", "format-the-disk"),
            whole.replace("4", "\"four\""),
            whole.replace("run-1", "../../etc"));
    for (String text : forged) {
      read(KEY, text.getBytes(UTF_8));
      assertThat(commands).as(text).isEmpty();
    }
    assertThat(refused.getCount()).isEqualTo(forged.size());
  }

  private void read(String key, byte[] value) {
    messages.deserialize(
        new ConsumerRecord<>("releases", 0, 0, key == null ? null : key.getBytes(UTF_8), value),
        new Collector<>() {
          @Override
          public void collect(ReleaseCommand command) {
            commands.add(command);
          }

          @Override
          public void close() {}
        });
  }
}
