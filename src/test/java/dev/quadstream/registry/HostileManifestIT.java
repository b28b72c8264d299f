package dev.quadstream.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.fuzz.TestingFuzzer;
import dev.quadstream.fuzz.TestingJson;
import dev.quadstream.fuzz.TestingMutations;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and forged manifests: the published model, or an error; never another file. */
class HostileManifestIT {

  private static final byte[] MODEL = "the model's bytes".getBytes(UTF_8);
  private static final byte[] SECRET = "of another's files".getBytes(UTF_8);

  private static final String[] FIELDS = {
    "formatVersion",
    "name",
    "run",
    "version",
    "window",
    "file",
    "sha256",
    "bytes",
    "configHash",
    "createdAt",
    "trunk",
    "metric",
    "embeddingSize",
    "input",
    "alpha1",
    "metrics"
  };
  private static final String[] PARTS = {
    "..",
    ".",
    "/",
    "\\",
    "%2e%2e",
    "~",
    "file:",
    "file://",
    "s3://b",
    "secret.qsm",
    "link",
    "icons",
    "\u0000",
    " ",
    "\n",
    ":",
    "//",
    "run-1",
    "x.qsm"
  };

  @TempDir Path parent;

  @Test
  void noManifestLeadsToAnythingButThePublishedModel() throws Exception {
    Path directory = Files.createDirectory(parent.resolve("registry"));
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Files.write(outside.resolve("secret.qsm"), SECRET);
    Files.createSymbolicLink(directory.resolve("link"), outside);
    Files.createSymbolicLink(directory.resolve("secret.qsm"), outside.resolve("secret.qsm"));
    ModelRegistry registry =
        new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri()), 1 << 20);
    ModelManifest published = registry.publish(draft(5), MODEL);
    ModelManifest ofSecret =
        new ModelRegistry(new org.apache.flink.core.fs.Path(outside.toUri()), 1 << 20)
            .publish(draft(5), SECRET);
    List<byte[]> manifests =
        List.of(JsonMessages.write(published), JsonMessages.writeIndented(published));

    AtomicInteger loaded = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    TestingFuzzer.run(
        "manifests",
        10_000,
        (record, random) -> {
          try {
            ModelManifest manifest =
                random.nextInt(3) == 0
                    ? draft(5)
                        .of(
                            new ModelManifest.File(
                                path(random), ofSecret.file().sha256(), SECRET.length))
                    : JsonMessages.read(content(record, manifests, random), ModelManifest.class);
            assertThat(registry.load(manifest)).isEqualTo(MODEL);
            loaded.incrementAndGet();
          } catch (MalformedMessageException | RegistryException e) {
            assertThat(e.getMessage()).isNotBlank();
            refused.incrementAndGet();
          }
        });
    assertThat(loaded).hasPositiveValue();
    assertThat(refused).hasPositiveValue();
  }

  private static byte[] content(int record, List<byte[]> manifests, SplittableRandom random) {
    return random.nextInt(4) == 0
        ? TestingJson.hostile(random, FIELDS).getBytes(UTF_8)
        : TestingMutations.mutate(manifests.get(record % manifests.size()), manifests, random);
  }

  private static String path(SplittableRandom random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      path.append(PARTS[random.nextInt(PARTS.length)]);
      path.append(random.nextBoolean() ? "/" : "");
    }
    return path.append("secret.qsm").toString();
  }

  private static ModelManifest draft(long version) {
    return ModelManifest.draft(
        new ModelManifest.Identity("icons", "run-1", version),
        version,
        1,
        new ModelManifest.Network("hash", "small", "learned", 8, "1x28x28", null),
        new ModelManifest.Margins(0.5, 0.25),
        Map.of());
  }
}
