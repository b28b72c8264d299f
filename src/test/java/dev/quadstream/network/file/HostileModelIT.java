package dev.quadstream.network.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.fuzz.TestingFuzzer;
import dev.quadstream.fuzz.TestingJson;
import dev.quadstream.fuzz.TestingMutations;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Damaged model files, below the checksum that the registry asks for first. */
class HostileModelIT {

  private static final String[] FIELDS = {
    "formatVersion", "version", "alpha1", "alpha2", "configHash", "network", "extra", "trunk",
    "channels", "height", "width", "embeddingSize", "metric", "updater", "learningRate", "seed"
  };
  private static final long MAX_NATIVE_GROWTH = 16L << 20;

  @Test
  void noDamageToAModelFileDoesMoreThanAnError() throws Exception {
    byte[] file;
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.LEARNED))) {
      file = ModelFile.write(network, new ModelInfo(5, 0.5, 0.25, Map.of()));
    }
    Map<String, byte[]> entries = TestingZip.unpack(file);
    List<byte[]> parts = List.copyOf(entries.values());
    AtomicInteger loaded = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    long before = Pointer.totalBytes();
    TestingFuzzer.run(
        "models",
        2_000,
        (record, random) -> {
          byte[] damaged =
              record % 8 == 0
                  ? TestingMutations.mutate(file, parts, random)
                  : repacked(entries, parts, random);
          try {
            // Closed at once: what it holds is native.
            TestingNetworks.read(damaged).network().close();
            loaded.incrementAndGet();
          } catch (ModelFormatException e) {
            assertThat(e.getMessage()).isNotBlank();
            refused.incrementAndGet();
          }
        });
    assertThat(loaded).hasPositiveValue();
    assertThat(refused).hasPositiveValue();
    assertThat(Pointer.totalBytes() - before).as("native bytes kept").isLessThan(MAX_NATIVE_GROWTH);
  }

  /** Sound as an archive, so that the damage gets past its checksums. */
  private static byte[] repacked(
      Map<String, byte[]> entries, List<byte[]> parts, SplittableRandom random) {
    Map<String, byte[]> changed = new LinkedHashMap<>(entries);
    List<String> names = List.copyOf(entries.keySet());
    // Mostly the description: it is what decides how much is allocated.
    String name = names.get(random.nextInt(4) == 0 ? random.nextInt(names.size()) : 0);
    byte[] content =
        random.nextInt(6) == 0
            ? TestingJson.hostile(random, FIELDS).getBytes(StandardCharsets.UTF_8)
            : TestingMutations.mutate(entries.get(name), parts.subList(0, 1), random);
    changed.put(name, content);
    return StoredZip.pack(changed);
  }
}
