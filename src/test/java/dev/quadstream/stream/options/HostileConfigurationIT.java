package dev.quadstream.stream.options;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.fuzz.TestingFuzzer;
import dev.quadstream.fuzz.TestingJson;
import dev.quadstream.fuzz.TestingMutations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged configuration files: settings, or an error that says what is wrong; nothing else. */
class HostileConfigurationIT {

  private static final String DOTTED =
      QuadstreamOptions.ALL.stream()
          .filter(option -> !ValueText.of(option.defaultValue()).isEmpty())
          .map(option -> option.key() + ": \"" + ValueText.of(option.defaultValue()) + "\"")
          .collect(Collectors.joining("\n", "", "\n"));

  private static final List<byte[]> FILES =
      List.of(
          DOTTED.getBytes(UTF_8),
          """
          # nested
          window: {images: 64, timeout: 5 s}
          publish:
            every: 16
          kafka.properties: {sasl.jaas.config: "x;", 'ssl.keystore.location': /k}
          seed: 7
          """
              .getBytes(UTF_8),
          "a: &a {b: [1, 2]}\nc: *a\n<<: *a\n? complex\n: !!java.net.URL [x]\n".getBytes(UTF_8));

  @TempDir Path directory;

  @Test
  void noFileDoesMoreThanAnErrorThatSaysWhatIsWrong() throws Exception {
    Path file = directory.resolve("quadstream.yaml");
    AtomicInteger read = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    TestingFuzzer.run(
        "configuration",
        5_000,
        (record, random) -> {
          Files.write(file, content(record, random));
          try {
            LoadedConfiguration loaded = new ConfigurationLoader(Map.of()).load(file, List.of());
            loaded.settings();
            assertThat(loaded.values()).hasSizeGreaterThanOrEqualTo(QuadstreamOptions.ALL.size());
            read.incrementAndGet();
          } catch (ConfigurationException e) {
            assertThat(e.getMessage()).isNotBlank();
            refused.incrementAndGet();
          }
        });
    assertThat(read).hasPositiveValue();
    assertThat(refused).hasPositiveValue();
  }

  private static byte[] content(int record, SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> TestingJson.hostile(random, "window.images", "seed", "kafka").getBytes(UTF_8);
      case 1 -> hostileYaml(random).getBytes(UTF_8);
      default -> TestingMutations.mutate(FILES.get(record % FILES.size()), FILES, random);
    };
  }

  private static String hostileYaml(SplittableRandom random) {
    int count = 1 << random.nextInt(16);
    return switch (random.nextInt(6)) {
      case 0 -> "- ".repeat(count) + "x";
      case 1 -> "? ".repeat(count) + "x";
      case 2 -> "x".repeat(count) + ": 1";
      case 3 -> "&a ".repeat(count) + "x";
      case 4 -> "a: &a {b: *a}\n";
      default -> aliases(2 + random.nextInt(8), 1 + random.nextInt(60));
    };
  }

  /** Each level names the one before it so many times: a small file that is a huge tree. */
  private static String aliases(int levels, int width) {
    StringBuilder yaml = new StringBuilder("l0: &l0 {x: 1}\n");
    for (int level = 1; level < levels; level++) {
      yaml.append("l%d: &l%d {".formatted(level, level));
      for (int i = 0; i < width; i++) {
        yaml.append("k%d: *l%d, ".formatted(i, level - 1));
      }
      yaml.append("z: 1}\n");
    }
    return yaml.toString();
  }
}
