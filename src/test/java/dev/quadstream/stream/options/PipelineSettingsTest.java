package dev.quadstream.stream.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.Backbones;
import dev.quadstream.network.FrozenBackbone;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.TrainingOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineSettingsTest {

  @Test
  void theDefaultsAreValid() {
    PipelineSettings settings = PipelineSettings.of(new Configuration());
    assertThat(settings.replicas()).isEqualTo(1);
    assertThat(settings.network().embeddingSize()).isEqualTo(64);
    assertThat(settings.training().objective().margins().fixed().first()).isEqualTo(1);
    assertThat(settings.mining().memoryCapacity()).isEqualTo(2_048);
    assertThat(settings.get(WindowConfig.TIMEOUT)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aBackbonesFileSaysWhatTheNetworkReads(@TempDir Path directory) throws Exception {
    Path file = Files.createDirectories(directory.resolve("my 50%20off")).resolve("net.onnx");
    Files.write(file, TestingOnnx.usual(3));
    PipelineSettings settings = behind(file, "network.backbone.output", "features");

    assertThat(settings.shape()).isEqualTo(new ImageShape(3, TestingOnnx.SIDE, TestingOnnx.SIDE));
    assertThat(settings.network().trunk()).isEqualTo(TrunkKind.ADAPTER);
    assertThat(settings.network().inputSize()).isEqualTo(TestingOnnx.FEATURES);
    assertThat(settings.given()).containsOnlyKeys("network.backbone", "network.backbone.output");
    assertThat(InstantiationUtil.clone(settings).network()).isEqualTo(settings.network());
    assertThat(PipelineSettings.of(Configuration.fromMap(settings.given())).network())
        .isEqualTo(settings.network());
  }

  @Test
  void pathsCanBeThoseOfEveryProcess(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("net.onnx"), TestingOnnx.usual(3));
    Path here = Path.of("").toAbsolutePath();
    PipelineSettings settings =
        behind(here.relativize(file), "network.backbone.output", "features")
            .with(JobConfig.CHECKPOINT_DIRECTORY, "s3://bucket/checkpoints")
            .with(NetworkConfig.START_FROM, "m.qsm");

    PipelineSettings absolute = settings.withAbsolutePaths();

    assertThat(absolute.get(JobConfig.REGISTRY_DIRECTORY))
        .isEqualTo("file:" + here.resolve("work/models"));
    assertThat(absolute.get(JobConfig.CHECKPOINT_DIRECTORY)).isEqualTo("s3://bucket/checkpoints");
    assertThat(absolute.get(NetworkConfig.START_FROM)).isEqualTo("file:" + here.resolve("m.qsm"));
    assertThat(absolute.get(NetworkConfig.BACKBONE)).isEqualTo("file:" + file);
    assertThat(absolute.network()).isEqualTo(settings.network());
    assertThat(PipelineSettings.of(new Configuration()).withAbsolutePaths().given())
        .containsOnlyKeys("registry.directory", "checkpoint.directory");
  }

  @Test
  void whereABackboneReadsAnySizeItIsAskedForEachSideOrHeightByWidth(@TempDir Path directory)
      throws Exception {
    int open = TestingOnnx.OPEN;
    Path any = directory.resolve("any.onnx");
    Files.write(any, TestingOnnx.file(true, false, open, 3, open, open));
    String[] rectangle = {
      "network.backbone.output", "features", "network.backbone.size", "256x128"
    };
    Path tall = directory.resolve("tall.onnx");
    Files.write(tall, TestingOnnx.file(true, false, open, 3, 256, open));

    PipelineSettings settings = behind(any, rectangle);
    assertThat(settings.shape()).isEqualTo(new ImageShape(3, 256, 128));
    assertThat(InstantiationUtil.clone(settings).network()).isEqualTo(settings.network());
    assertThat(behind(tall, rectangle).shape()).isEqualTo(new ImageShape(3, 256, 128));
    rectangle[3] = "32";
    assertThat(behind(any, rectangle).shape()).isEqualTo(new ImageShape(3, 32, 32));
    assertThatThrownBy(() -> behind(tall, rectangle))
        .hasMessageContainingAll("network.backbone.size", "reads 256", "asks for 32");
    for (String wrong : new String[] {"256x", "x128", "256*128", "-1", "256x128x3", "large"}) {
      rectangle[3] = wrong;
      assertThatThrownBy(() -> behind(any, rectangle))
          .hasMessageContainingAll("network.backbone.size = " + wrong, "256x128");
    }
    rectangle[3] = "0x16";
    assertThatThrownBy(() -> behind(any, rectangle)).hasMessageContaining("not decoded here");
  }

  @Test
  void whatDoesNotGoWithABackboneIsRefusedAtOnce(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("net.onnx");
    Files.write(file, TestingOnnx.usual(3));

    assertThatThrownBy(() -> behind(file))
        .hasMessageContainingAll("network.backbone", "net.onnx", "network.backbone.output");
    assertThatThrownBy(
            () -> behind(file, "network.backbone.output", "features", "image.height", "64"))
        .hasMessageContainingAll("image.height = 64", "reads 16");
    assertThatThrownBy(
            () -> behind(file, "network.backbone.output", "features", "network.trunk", "SMALL"))
        .hasMessageContainingAll("small trunk", "network.backbone");
    assertThatThrownBy(
            () -> behind(file, "network.backbone.output", "features", "network.backbone.std", "0"))
        .hasMessageContainingAll("network.backbone.std", "above 0");
    assertThatThrownBy(
            () -> behind(file, "network.backbone.output", "features", "network.backbone.mean", "x"))
        .hasMessageContainingAll("network.backbone.mean = x", "numbers");
    for (String mean : List.of("123.675,116.28,103.53", "0.5,0.5,-0.1", "NaN,0,0", "0,0,1.01")) {
      assertThatThrownBy(() -> behind(file, "network.backbone.mean", mean))
          .hasMessageContainingAll("network.backbone.mean", "0 to 1", "divide both by 255");
    }
    assertThatThrownBy(() -> behind(directory.resolve("none.onnx")))
        .hasMessageContainingAll("none.onnx", "cannot be read");
    assertThatThrownBy(() -> behind(directory)).hasMessageContaining("directory");
    assertThatThrownBy(
            () -> PipelineSettings.of(Configuration.fromMap(Map.of("network.trunk", "ADAPTER"))))
        .hasMessageContaining("network.backbone");
  }

  @Test
  void aBackboneThatWasClosedIsForgottenAndLoadedAnew(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("net.onnx");
    Files.write(file, TestingOnnx.oneOutput(1));
    PipelineSettings settings = behind(file);
    BackboneSpec spec = settings.network().backbone();
    FrozenBackbone closed = Backbones.require(spec);
    PixelImage image =
        TestingNetworks.images(1, new ImageShape(1, TestingOnnx.SIDE, TestingOnnx.SIDE), 5).get(0);

    PipelineSettings.closeBackbones();

    assertThatThrownBy(() -> closed.features(image)).hasMessageContaining("closed");
    assertThatThrownBy(() -> Backbones.require(spec)).hasMessageContaining("trained behind");
    var unused = settings.contentDecoder();
    assertThat(Backbones.require(spec)).isNotSameAs(closed);
    Backbones.require(spec).features(image);
  }

  private static PipelineSettings behind(Path file, String... options) {
    Map<String, String> values = new HashMap<>(Map.of("network.backbone", file.toString()));
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    return PipelineSettings.of(Configuration.fromMap(values));
  }

  /** So that they have seen as many images by then as one replica would have. */
  @Test
  void severalReplicasShareTheWindowsOfWarmUpRampAndAverage() {
    for (int replicas : new int[] {1, 4, 128}) {
      TrainingOptions.Schedule schedule =
          PipelineSettings.of(
                  Configuration.fromMap(
                      Map.of(
                          "replicas", Integer.toString(replicas),
                          "training.warm-up-windows", "30",
                          "training.ramp-updates", "0")))
              .training()
              .schedule();

      assertThat(schedule.warmUpWindows()).isEqualTo(replicas == 1 ? 30 : replicas == 4 ? 8 : 1);
      assertThat(schedule.rampUpdates()).isZero();
      assertThat(schedule.averageWindows()).isEqualTo(replicas == 1 ? 200 : replicas == 4 ? 50 : 2);
    }
  }

  /** Measured in docs/scaling.md. */
  @Test
  void moreThanTwoReplicasTakeALongerStepThanTheirMeanUnlessAnotherIsSet() {
    assertThat(outerStep(Map.of())).isEqualTo(OuterStep.PLAIN);
    assertThat(outerStep(Map.of("replicas", "2"))).isEqualTo(OuterStep.PLAIN);
    assertThat(outerStep(Map.of("replicas", "3"))).isEqualTo(new OuterStep(1.5, 0));
    assertThat(outerStep(Map.of("replicas", "4", "merge.learning-rate", "1")))
        .isEqualTo(OuterStep.PLAIN);
    assertThat(outerStep(Map.of("merge.learning-rate", "2"))).isEqualTo(new OuterStep(2, 0));
  }

  private static OuterStep outerStep(Map<String, String> options) {
    return PipelineSettings.of(Configuration.fromMap(options)).outerStep();
  }

  @Test
  void pipelinesOfOneBrokerHaveNamesOfTheirOwn() {
    assertThat(kafkaName("quadstream", "", "quadstream")).isEqualTo("quadstream/images/quadstream");
    assertThat(
            Stream.of(
                kafkaName("g", "a.", "n"),
                kafkaName("g", "b.", "n"),
                kafkaName("g", "a.", "m"),
                kafkaName("g/a.images", "", "n"),
                kafkaName("g", "a.images", "n"),
                kafkaName("g-a.", "", "n")))
        .doesNotHaveDuplicates();
  }

  private static String kafkaName(String group, String prefix, String network) {
    return PipelineSettings.of(
            Configuration.fromMap(
                Map.of(
                    "kafka.group", group, "kafka.topic-prefix", prefix, "network.name", network)))
        .kafkaName();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image.addresses|photos/",
        "image.addresses|s3://photos",
        "image.addresses|file:///data/../",
        "kafka.skip|1234",
        "kafka.skip|0@12,",
        "kafka.skip|0@-1",
        "kafka.skip|0@9-8",
        "kafka.skip|0@0-1000",
        "kafka.skip|reports/0@1",
        "kafka.skip|0@1,labels/",
        "parallelism|0",
        "parallelism|129",
        "parallelism|two",
        "parallelism|0",
        "parallelism|129",
        "window.images|0",
        "window.kind|sliding",
        "window.timeout|soon",
        "window.timeout|500 micro",
        "publish.every|0",
        "mining.staleness|-1",
        "registry.keep|2",
        "mining.waiting-windows|0",
        "mining.policy|easiest",
        "mining.quadruplets|-1",
        "mining.memory-images|-1",
        "memory.capacity|0",
        "image.channels|2",
        "image.height|7",
        "image.width|2000",
        "image.max-bytes|0 bytes",
        "image.max-bytes|3 gb",
        "image.max-pixels|0",
        "image.ground|red",
        "network.name|../elsewhere",
        "network.trunk|large",
        "network.embedding-size|1",
        "network.metric|cosine",
        "training.loss|contrastive",
        "training.updater|lion",
        "training.learning-rate|0.0",
        "training.learning-rate|NaN",
        "training.pair-softmax-weight|-1.0",
        "training.warm-up-windows|-1",
        "training.gradient-norm-limit|0.0",
        "training.collapse-threshold|1.5",
        "training.refused-in-a-row|0",
        "margin.fixed-first|-1.0",
        "margin.fixed-second|-1.0",
        "margin.weight-first|0.0",
        "margin.weight-second|0.0",
        "margin.floor|1.5",
        "margin.smoothing|1.0",
        "augmentation.shift|0.7",
        "augmentation.rotation|4.0",
        "augmentation.scale|0.95",
        "kafka.topic-prefix|my topics",
        "kafka.delivery|never",
        "kafka.starting-offsets|yesterday",
        "registry.directory|s3://a b",
        "registry.directory|~/models",
        "checkpoint.directory|~",
        "network.start-from|~/m.qsm",
        "checkpoint.directory|s3://a b",
        "network.start-from|s3://a b",
        "network.backbone|s3://a b",
        "checkpoint.interval|often",
        "checkpoint.interval|9 ms",
        "checkpoint.interval|1 micro",
        "labels.wait|0 s",
        "mining.staleness|2147483647",
        "image.max-ahead|200000000000 d",
        "labels.wait|1000001 d",
        "seed|one"
      })
  void anInvalidOptionIsNamedWithItsValue(String option, String value) {
    Configuration configuration = Configuration.fromMap(Map.of(option, value));
    assertThatThrownBy(() -> PipelineSettings.of(configuration))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining(option)
        .hasMessageContaining(value);
  }

  /** Any of them would fail the job's clients, or its writes, at each restart. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "max.request.size:16384",
        "max.request.size:plenty",
        "buffer.memory:1000",
        "buffer.memory:-1",
        "linger.ms:1.5",
        "acks:some",
        "compression.type:zip",
        "fetch.max.bytes:-1",
        "metadata.recovery.strategy:none-of-these",
        "security.protocol:TLS",
        "request.timeout.ms:soon"
      })
  void aPropertyThatKafkasClientsOrTheJobsRecordsDoNotFitIsRefused(String property) {
    Configuration configuration = Configuration.fromMap(Map.of("kafka.properties", property));
    assertThatThrownBy(() -> PipelineSettings.of(configuration))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("kafka.properties")
        .hasMessageContaining(property.split(":", 2)[0])
        .hasMessageContaining(property.split(":", 2)[1]);
  }

  /** Each may be had by itself. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AT_LEAST_ONCE | delivery.timeout.ms:20000 | request.timeout.ms, which are 5 and 30000",
        "AT_LEAST_ONCE | default.api.timeout.ms:20000 | request.timeout.ms, which is 30000",
        "AT_LEAST_ONCE | session.timeout.ms:2000 | heartbeat.interval.ms, which is 3000",
        "AT_LEAST_ONCE | session.timeout.ms:9000,group.protocol:consumer | group.protocol=consumer",
        "AT_LEAST_ONCE | acks:1,enable.idempotence:true | enable.idempotence=true",
        "AT_LEAST_ONCE | transaction.two.phase.commit.enable:true | transaction.timeout.ms",
        "EXACTLY_ONCE | acks:1 | kafka.delivery=exactly-once",
        "EXACTLY_ONCE | retries:0 | kafka.delivery=exactly-once",
        "EXACTLY_ONCE | enable.idempotence:false | kafka.delivery=exactly-once",
        "EXACTLY_ONCE | max.in.flight.requests.per.connection:6 | kafka.delivery=exactly-once"
      })
  void propertiesThatKafkasClientsDoNotTakeTogetherAreRefused(
      String delivery, String properties, String other) {
    Configuration configuration =
        Configuration.fromMap(Map.of("kafka.properties", properties, "kafka.delivery", delivery));
    String[] first = properties.split(",")[0].split(":");
    assertThatThrownBy(() -> PipelineSettings.of(configuration))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("kafka.properties")
        .hasMessageContaining(first[0])
        .hasMessageContaining(first[1])
        .hasMessageContaining(other);
  }

  /** A transactional.id fails each send, a serializer each record, a group.id moves the offsets. */
  @ParameterizedTest
  @CsvSource({
    "transactional.id, Leave it out",
    "value.serializer, Leave it out",
    "key.deserializer, Leave it out",
    "enable.auto.commit, Leave it out",
    "isolation.level, Leave it out",
    "group.id, kafka.group",
    "auto.offset.reset, kafka.starting-offsets",
    "bootstrap.servers, kafka.bootstrap-servers",
    "transaction.timeout.ms, kafka.transaction-timeout"
  })
  void aPropertyThatQuadstreamSetsItselfIsRefused(String property, String instead) {
    Configuration configuration =
        Configuration.fromMap(Map.of("kafka.properties", property + ":any"));
    assertThatThrownBy(() -> PipelineSettings.of(configuration))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("kafka.properties")
        .hasMessageContaining(property + " is set by Quadstream itself")
        .hasMessageContaining(instead);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acks:1",
        "request.timeout.ms:600000",
        "session.timeout.ms:2000,heartbeat.interval.ms:500"
      })
  void propertiesThatKafkasClientsTakeTogetherPass(String properties) {
    Configuration configuration = Configuration.fromMap(Map.of("kafka.properties", properties));
    assertThatCode(() -> PipelineSettings.of(configuration)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "checkpoint.interval, 0 s, more than 0",
    "kafka.transaction-timeout, 30 s, longer than checkpoint.interval",
    "kafka.transaction-timeout, 25 d, at most 2147483647 ms"
  })
  void whatExactlyOnceCouldNotKeepIsRefused(String option, String value, String rule) {
    Configuration configuration =
        Configuration.fromMap(Map.of("kafka.delivery", "EXACTLY_ONCE", option, value));
    assertThatThrownBy(() -> PipelineSettings.of(configuration))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining(option)
        .hasMessageContaining(rule);
  }

  @Test
  void propertiesOfKafkasOwnWrittenAsItReadsThemPass() {
    Map<String, String> properties =
        Map.of(
            "buffer.memory", " 4294967296 ",
            "max.request.size", "33554432",
            "security.protocol", "sasl_ssl",
            "sasl.login.callback.handler.class", "of.the.Cluster",
            "ssl.truststore.password", "sesame",
            "some.plugin", "of its own");
    Configuration configuration = new Configuration();
    configuration.set(KafkaConfig.PROPERTIES, properties);

    assertThat(PipelineSettings.of(configuration).get(KafkaConfig.PROPERTIES))
        .isEqualTo(properties);
  }

  @Test
  void anInputThatTheTrunkDoesNotReadIsRefusedWithTheTrunkThatDoes() {
    assertThatThrownBy(
            () ->
                PipelineSettings.of(
                    Configuration.fromMap(
                        Map.of(
                            "image.height", "64", "image.width", "64", "network.trunk", "SMALL"))))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("network.trunk")
        .hasMessageContaining("Choose the medium trunk");
  }

  @ParameterizedTest
  @ValueSource(strings = {"window.timeout", "source.idleness"})
  void eventTimeNeedsALength(String option) {
    for (String none : List.of("0 s", "10 micro")) {
      assertThatThrownBy(
              () ->
                  PipelineSettings.of(
                      Configuration.fromMap(Map.of("window.kind", "EVENT_TIME", option, none))))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageContaining(option + " = " + none)
          .hasMessageContaining("1 ms");
    }
    assertThat(PipelineSettings.of(Configuration.fromMap(Map.of(option, "0 s")))).isNotNull();
  }

  @Test
  void aDirectoryWithoutANameIsRefusedAndAModelWithoutOneIsNone() {
    for (String option : List.of("registry.directory", "checkpoint.directory")) {
      assertThatThrownBy(() -> PipelineSettings.of(Configuration.fromMap(Map.of(option, ""))))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageContainingAll(option, "names nothing");
    }
    assertThat(PipelineSettings.of(Configuration.fromMap(Map.of("network.start-from", ""))))
        .extracting(settings -> settings.withAbsolutePaths().get(NetworkConfig.START_FROM))
        .isEqualTo("");
  }

  @Test
  void laterChangesOfTheConfigurationDoNotReachTheSettings() {
    Configuration configuration = Configuration.fromMap(Map.of("seed", "5"));
    PipelineSettings settings = PipelineSettings.of(configuration);
    configuration.set(JobConfig.SEED, 6L);
    assertThat(settings.network().seed()).isEqualTo(5);
  }

  @Test
  void anotherValueOfOneOptionIsCheckedAsWell() {
    PipelineSettings settings = PipelineSettings.of(new Configuration());
    assertThat(settings.with(JobConfig.SEED, 9L).mining().seed()).isEqualTo(9);
    assertThatThrownBy(() -> settings.with(JobConfig.PARALLELISM, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("parallelism = 0");
  }

  @Test
  void operatorsCarryThemSerialised() throws Exception {
    PipelineSettings settings = TestingPipeline.settings("seed", "5");
    PipelineSettings copy = InstantiationUtil.clone(settings);
    assertThat(copy.network()).isEqualTo(settings.network());
    assertThat(copy.training()).isEqualTo(settings.training());
    assertThat(copy.mining()).isEqualTo(settings.mining());
  }

  @Test
  void everyOptionOfAGroupIsListedOnceAndDescribed() {
    assertThat(QuadstreamOptions.GROUPS)
        .allSatisfy(group -> assertThat(group.options()).as(group.title()).isNotEmpty());
    assertThat(QuadstreamOptions.ALL).extracting(ConfigOption::key).doesNotHaveDuplicates();
    assertThat(
            QuadstreamOptions.ALL.stream()
                .collect(Collectors.toMap(ConfigOption::key, ConfigOption::description)))
        .allSatisfy((key, description) -> assertThat(description).as(key).isNotNull());
  }

  @Test
  void directoriesMayHaveSpacesAndPercentSigns() {
    PipelineSettings settings =
        PipelineSettings.of(
            Configuration.fromMap(
                Map.of("registry.directory", "/my models", "checkpoint.directory", "/50%20off")));
    assertThat(settings.registryDirectory().getPath()).isEqualTo("/my models");
    assertThat(settings.checkpointDirectory().getPath()).isEqualTo("/50%20off");
  }
}
