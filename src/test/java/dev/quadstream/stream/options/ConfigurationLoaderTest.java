package dev.quadstream.stream.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.Orientation;
import dev.quadstream.metric.HingeMean;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.stream.options.KafkaConfig.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationLoaderTest {

  @TempDir Path directory;

  @Test
  void flagsWinOverTheEnvironmentThatOverTheFileThatOverTheDefaults() throws IOException {
    Path file = yaml("window.images: 10", "publish.every: 10", "mining.staleness: 10");
    LoadedConfiguration loaded =
        new ConfigurationLoader(
                Map.of("QUADSTREAM_WINDOW_IMAGES", "20", "QUADSTREAM_PUBLISH_EVERY", "20"))
            .load(file, List.of("window.images=30"));

    assertThat(value(loaded, "window.images")).isEqualTo("30 from --set");
    assertThat(value(loaded, "publish.every"))
        .isEqualTo("20 from environment variable QUADSTREAM_PUBLISH_EVERY");
    assertThat(value(loaded, "mining.staleness")).isEqualTo("10 from " + file + ":3");
    assertThat(value(loaded, "parallelism")).isEqualTo("1 from default");
    assertThat(loaded.settings().get(WindowConfig.IMAGES)).isEqualTo(30);
    assertThat(loaded.settings().get(JobConfig.PUBLISH_EVERY)).isEqualTo(20);
    assertThat(loaded.settings().get(MiningConfig.STALENESS)).isEqualTo(10);
  }

  @Test
  void keysMayBeNestedOrDotted() throws IOException {
    Path file = yaml("window:", "  images: 7", "  timeout: 2 s", "kafka.topic-prefix: a.");
    LoadedConfiguration loaded = load(file);

    assertThat(loaded.settings().get(WindowConfig.IMAGES)).isEqualTo(7);
    assertThat(loaded.settings().get(WindowConfig.TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
    assertThat(value(loaded, "window.timeout")).isEqualTo("2 s from " + file + ":3");
    assertThat(loaded.settings().get(KafkaConfig.TOPIC_PREFIX)).isEqualTo("a.");
  }

  @Test
  void aPresetSetsWhatNobodyElseSets() throws IOException {
    Path file = yaml("training:", "  preset: Paper", "  learning-rate: 0.25");
    LoadedConfiguration loaded = load(file, "margin.floor=0.01");

    assertThat(value(loaded, "training.updater")).isEqualTo("sgd from preset paper");
    assertThat(value(loaded, "training.mean-over")).isEqualTo("all from preset paper");
    assertThat(value(loaded, "margin.mean-pairs")).isEqualTo("quadruplets from preset paper");
    assertThat(value(loaded, "training.learning-rate")).isEqualTo("0.25 from " + file + ":3");
    assertThat(value(loaded, "margin.floor")).isEqualTo("0.01 from --set");
    assertThat(value(loaded, "window.images")).endsWith("from default");
    assertThat(loaded.settings().training().objective().loss().mean()).isEqualTo(HingeMean.ALL);
    assertThatThrownBy(() -> load(null, "training.preset=papers"))
        .hasMessageContaining("training.preset = 'papers' (--set)");
  }

  @Test
  void aDurationWithoutAUnitIsRefused() {
    assertThatThrownBy(() -> load(null, "window.timeout=5"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("window.timeout = '5' (--set) has no unit")
        .hasMessageContaining("'5 s'");
    assertThat(value(load(null, "window.timeout=0"), "window.timeout")).startsWith("0 s");
  }

  @Test
  void choicesAreWrittenAsTheDocumentationSpellsThem() {
    LoadedConfiguration loaded =
        load(null, "mining.policy=semi-hard", "kafka.delivery=Exactly-Once");

    assertThat(loaded.settings().get(MiningConfig.POLICY)).isEqualTo(MiningPolicy.SEMI_HARD);
    assertThat(loaded.settings().get(KafkaConfig.DELIVERY)).isEqualTo(Delivery.EXACTLY_ONCE);
    assertThat(value(loaded, "mining.policy")).startsWith("semi-hard ");
  }

  @Test
  void eachEntryOfAMapHasItsOwnOrigin() throws IOException {
    Path file =
        yaml("kafka:", "  properties:", "    security.protocol: SSL", "    client.id: mine");
    LoadedConfiguration loaded =
        new ConfigurationLoader(
                Map.of("QUADSTREAM_KAFKA_PROPERTIES", "client.id:theirs,client.rack:'a:b'"))
            .load(file, List.of("kafka.properties.client.rack=c=d"));

    assertThat(loaded.settings().get(KafkaConfig.PROPERTIES))
        .isEqualTo(Map.of("security.protocol", "SSL", "client.id", "theirs", "client.rack", "c=d"));
    assertThat(value(loaded, "kafka.properties.security.protocol"))
        .isEqualTo("SSL from " + file + ":3");
    assertThat(value(loaded, "kafka.properties.client.id"))
        .isEqualTo("theirs from environment variable QUADSTREAM_KAFKA_PROPERTIES");
    assertThat(value(loaded, "kafka.properties.client.rack")).isEqualTo("c=d from --set");
  }

  @Test
  void aValueWithACommaIsGivenAsTheErrorSaysIt() {
    ConfigurationLoader bare =
        new ConfigurationLoader(
            Map.of("QUADSTREAM_KAFKA_PROPERTIES", "client.id:mine,client.rack:'a,b'"));
    assertThatThrownBy(() -> bare.load(null, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("{name: 'value, value', name: value}");

    String braced = "{client.id: mine, client.rack: 'a,b:c', sasl.jaas.config: 'p=\"it''s, me\";'}";
    assertThat(
            new ConfigurationLoader(Map.of("QUADSTREAM_KAFKA_PROPERTIES", braced))
                .load(null, List.of("kafka.properties.client.id=theirs"))
                .settings()
                .get(KafkaConfig.PROPERTIES))
        .isEqualTo(
            Map.of(
                "client.id", "theirs",
                "client.rack", "a,b:c",
                "sasl.jaas.config", "p=\"it's, me\";"));
  }

  @Test
  void secretsAreNeverShown() {
    String secret = "org.example.LoginModule required password=\"sesame\";";
    LoadedConfiguration loaded = load(null, "kafka.properties.sasl.jaas.config=" + secret);

    assertThat(loaded.settings().get(KafkaConfig.PROPERTIES))
        .containsEntry("sasl.jaas.config", secret);
    assertThat(loaded.toString()).contains("sasl.jaas.config").doesNotContain("sesame");
  }

  @Test
  void aMapThatCannotBeReadIsNotRepeatedSinceItMayHoldAPassword() {
    ConfigurationLoader loader =
        new ConfigurationLoader(Map.of("QUADSTREAM_KAFKA_PROPERTIES", "sesame"));
    assertThatThrownBy(() -> loader.load(null, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("QUADSTREAM_KAFKA_PROPERTIES")
        .hasMessageContaining("name:value")
        .hasMessageNotContaining("sesame")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({
    "windw.images, window.images",
    "window.image, window.images",
    "kafka.bootstrap.servers, kafka.bootstrap-servers",
    "WINDOW.IMAGES, window.images",
    "sead, seed"
  })
  void anUnknownKeyNamesTheNearestKnownOne(String wrong, String nearest) {
    assertThatThrownBy(() -> load(null, wrong + "=1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + wrong + "' (--set)")
        .hasMessageContaining("Did you mean '" + nearest + "'?");
  }

  @Test
  void anUnknownKeyOfTheFileNamesItsLine() throws IOException {
    Path file = yaml("# mine", "window:", "  images: 3", "  time-out: 1 s");
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'window.time-out' (" + file + ":4)")
        .hasMessageContaining("'window.timeout'");
  }

  @Test
  void anUnknownVariableNamesTheNearestKnownOne() {
    ConfigurationLoader loader = new ConfigurationLoader(Map.of("QUADSTREAM_WINDOW_IMAGE", "3"));
    assertThatThrownBy(() -> loader.load(null, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("QUADSTREAM_WINDOW_IMAGE ")
        .hasMessageContaining("Did you mean QUADSTREAM_WINDOW_IMAGES?");
  }

  @Test
  void anOptionOfAnEarlierVersionNamesWhatReplacesIt() {
    assertThatThrownBy(() -> load(null, "augmentation.mirror=true"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'augmentation.mirror' (--set)")
        .hasMessageContaining("set augmentation.orientations=mirrored");
    ConfigurationLoader loader =
        new ConfigurationLoader(Map.of("QUADSTREAM_AUGMENTATION_MIRROR", "true"));
    assertThatThrownBy(() -> loader.load(null, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("QUADSTREAM_AUGMENTATION_MIRROR")
        .hasMessageContaining("set augmentation.orientations=mirrored");
    assertThat(load(null, "augmentation.orientations=mirrored").settings().training())
        .extracting(options -> options.augmentation().orientations())
        .isEqualTo(Orientation.Choice.MIRRORED);
  }

  @Test
  void variablesOfOthersAndOfTheStartScriptAreLeftAlone() {
    ConfigurationLoader loader =
        new ConfigurationLoader(Map.of("PATH", "/bin", "QUADSTREAM_JVM_OPTIONS", "-Xmx2g"));
    assertThat(loader.load(null, List.of()).values())
        .allMatch(value -> value.origin().equals("default"))
        .hasSize(QuadstreamOptions.ALL.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "window.images=many | an integer",
        "window.timeout=soon | a duration such as",
        "image.max-bytes=lots | a size such as",
        "margin.floor=low | a number",
        "margin.adaptive=perhaps | one of true, false",
        "mining.policy=easiest | one of random, semi-hard, hardest, margin"
      })
  void aValueOfAnotherTypeIsNamedWithWhatItShouldBe(String flag, String expected) {
    String value = flag.substring(flag.indexOf('=') + 1);
    assertThatThrownBy(() -> load(null, flag))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + value + "' (--set)")
        .hasMessageContaining(expected);
  }

  @Test
  void aValueOutOfRangeNamesWhereItWasGiven() throws IOException {
    Path file = yaml("seed: 3", "augmentation.shift: 7");
    assertThatThrownBy(() -> load(file).settings())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("augmentation.shift from " + file + ":2")
        .hasMessageNotContaining("seed from");
  }

  @ParameterizedTest
  @ValueSource(strings = {"window.images", "=3", ""})
  void aFlagWithoutKeyAndValueIsRefused(String flag) {
    assertThatThrownBy(() -> load(null, flag))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("key=value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: 1;window: [1, 2 | :3 | is not valid YAML",
        "seed: 1;\twindow.images: 2 | :2 | is not valid YAML",
        "seed: 1;parallelism: [1, 2] | :2 | is a list",
        "seed: 1;parallelism: | :2 | has no value",
        "seed: 1;seed: 2 | :2 | given again",
        "window.images: 1;window:;  images: 2 | :3 | given again",
        "- seed: 1 | :1 | 'key: value' lines",
        "seed | :1 | 'key: value' lines",
        "a: &a;  b: *a | :2 | is an alias",
        "a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}} | :1 | nested at most"
      })
  void aFileThatIsNoConfigurationNamesTheLine(String content, String line, String reason)
      throws IOException {
    Path file = yaml(content.split(";"));
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file + line)
        .hasMessageContaining(reason);
  }

  /** What a recursive reader meets with a stack overflow, or with work without end. */
  @ParameterizedTest
  @ValueSource(strings = {"- ", "[", "? ", "{a: ", "x"})
  void aFileOfNothingButNestingOrOneEndlessKeyIsAnErrorLikeAnyOther(String repeated)
      throws IOException {
    Path file = yaml(repeated.repeat(200_000 / repeated.length()) + ": 1");
    assertThatThrownBy(() -> load(file)).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertThat(load(yaml("# nothing yet")).values())
        .allMatch(value -> value.origin().equals("default"));
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> load(missing))
        .hasMessageContaining("no configuration file " + missing);
    assertThatThrownBy(() -> load(directory)).hasMessageContaining("is a directory");
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "kafka.group: Möwe".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> load(latin))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(latin + " is not UTF-8");
  }

  private Path yaml(String... lines) throws IOException {
    return Files.write(directory.resolve("conf.yaml"), List.of(lines));
  }

  private static LoadedConfiguration load(Path file, String... flags) {
    return new ConfigurationLoader(Map.of()).load(file, List.of(flags));
  }

  private static String value(LoadedConfiguration loaded, String key) {
    return loaded.values().stream()
        .filter(value -> value.key().equals(key))
        .map(value -> value.value() + " from " + value.origin())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void variablesThatKubernetesOrDockerPutThereForAServiceAreNotOurs() {
    Map<String, String> links =
        Map.ofEntries(
            Map.entry("QUADSTREAM_PORT", "tcp://10.96.31.7:9092"),
            Map.entry("QUADSTREAM_PORT_9092_TCP", "tcp://10.96.31.7:9092"),
            Map.entry("QUADSTREAM_SERVICE_HOST", "10.96.31.7"),
            Map.entry("QUADSTREAM_SERVICE_PORT", "9092"),
            Map.entry("QUADSTREAM_REST_SERVICE_PORT_REST", "8081"),
            Map.entry("QUADSTREAM_REST_PORT", "tcp://10.96.31.7:8081"),
            Map.entry("QUADSTREAM_REST_PORT_8081_TCP_PROTO", "tcp"),
            Map.entry("QUADSTREAM_REST_PORT_8081_TCP_PORT", "8081"),
            Map.entry("QUADSTREAM_REST_PORT_53_UDP_ADDR", "10.96.31.7"),
            Map.entry("QUADSTREAM_REST_PORT_8081_TCP_START", "tcp://10.96.31.7:8081"),
            Map.entry("QUADSTREAM_REST_PORT_8081_TCP_PORT_END", "8083"),
            Map.entry("QUADSTREAM_KAFKA_NAME", "/web/quadstream-kafka"),
            Map.entry("QUADSTREAM_KAFKA_ENV_HEAP", "1g"),
            Map.entry("QUADSTREAM_SEED", "5"));

    assertThat(new ConfigurationLoader(links).load(null, List.of()).values().toString())
        .isEqualTo(
            new ConfigurationLoader(Map.of("QUADSTREAM_SEED", "5"))
                .load(null, List.of())
                .values()
                .toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QUADSTREAM_PORT",
        "QUADSTREAM_REST_PORT",
        "QUADSTREAM_HOME",
        "QUADSTREAM_SERVICE_NAME",
        "QUADSTREAM_PORT_TCP"
      })
  void whatOnlyLooksLikeAServiceLinkIsStillAnError(String name) {
    ConfigurationLoader loader = new ConfigurationLoader(Map.of(name, "8081"));

    assertThatThrownBy(() -> loader.load(null, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(name);
  }
}
