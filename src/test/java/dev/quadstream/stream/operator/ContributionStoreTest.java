package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.ParameterBlock;
import dev.quadstream.training.ParameterStore;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.WindowId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContributionStoreTest {

  private static final int WINDOWS = 4;

  @TempDir private Path directory;
  private ContributionStore store;

  @BeforeEach
  void store() {
    PipelineSettings settings =
        TestingPipeline.settings("registry.directory", directory.toString());
    store = new ContributionStore(settings);
  }

  /** Three rounds and what is left of two, of which one replica brought both. */
  @ParameterizedTest
  @CsvSource({"1, 1, 0", "3, 1, 0", "1, 0.7, 0.9", "3, 0.7, 0.9"})
  void aMergeOfFilesHasTheBitsOfAMergeOfRecords(int replicas, double rate, double momentum) {
    OuterStep step = new OuterStep(rate, momentum);
    Rounds records = Rounds.NONE;
    Rounds files = Rounds.NONE;
    for (int round = 0; round < 3; round++) {
      for (int replica = replicas - 1; replica >= 0; replica--) {
        Contribution part = part(replica, replicas, round, !step.isPlain());
        records = records.with(part);
        files = files.with(stored(part));
      }
      MergedModel expected = records.complete(step, ParameterStore.NONE).orElseThrow();
      MergedModel merged = files.complete(step, store).orElseThrow();
      assertThat(merged).as("round %d", round).isEqualTo(expected);
      records = records.after(expected);
      files = files.after(merged);
      assertThat(files.stored()).isEmpty();
    }
    for (int round = 3; round < 5; round++) {
      Contribution part = part(0, replicas, round, !step.isPlain());
      records = records.with(part);
      files = files.with(stored(part));
    }
    Optional<MergedModel> expected = records.remainder(step, ParameterStore.NONE);
    assertThat(files.remainder(step, store)).isPresent().isEqualTo(expected);
  }

  @Test
  void aReplicaWhoseParametersAreNoNumbersIsKnownWithoutItsFile() throws Exception {
    Contribution bad =
        stored(
            new Contribution(
                new WindowId("run-1", 2, 2),
                3,
                new HeldParameters(
                    new TrainedParameters(state(1, 3, Float.NaN), state(2, 3, 0)), null),
                DistanceMeans.UNDEFINED,
                false,
                Map.of(),
                List.of()));
    Files.delete(directory.resolve(((StoredParameters) bad.parameters()).file()));
    Contribution good = part(1, 2, 0, false);

    Rounds rounds = Rounds.NONE.with(bad).with(stored(at(good, 3)));
    MergedModel merged = rounds.complete(OuterStep.PLAIN, store).orElseThrow();

    assertThat(merged.parameters()).isEqualTo(((HeldParameters) good.parameters()).end());
    assertThat(merged.figures()).containsEntry(Rounds.NOT_FINITE, 1.0);
  }

  @Test
  void anotherFileInItsPlaceIsFoundWhateverItHolds() throws Exception {
    Contribution part = stored(part(0, 1, 0, false));
    StoredParameters stored = (StoredParameters) part.parameters();
    Path file = directory.resolve(stored.file());
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {0, 4, 7, 12, bytes.length / 2, bytes.length - 1}) {
      byte[] changed = bytes.clone();
      changed[at] ^= 0x41;
      Files.write(file, changed);

      assertThatThrownBy(() -> Rounds.NONE.with(part).complete(OuterStep.PLAIN, store))
          .as("byte %d", at)
          .isInstanceOfSatisfying(
              RegistryException.class, failure -> assertThat(failure.isLost()).isTrue())
          .hasMessageContaining(stored.file());
    }
  }

  private Contribution stored(Contribution part) {
    return store.store(part, (HeldParameters) part.parameters(), 7);
  }

  private static Contribution at(Contribution part, long window) {
    return new Contribution(
        new WindowId("run-1", window, 2),
        part.trained(),
        part.parameters(),
        part.means(),
        part.warmingUp(),
        part.figures(),
        part.tests());
  }

  private static Contribution part(int replica, int replicas, int round, boolean hasStart) {
    long seed = 100L * round + 10 * replica;
    return new Contribution(
        new WindowId("run-1", ((round + 1L) * WINDOWS - 1) * replicas + replica, replicas),
        WINDOWS - replica,
        new HeldParameters(
            new TrainedParameters(state(seed, 2, 0), state(seed + 1, 2, 0)),
            hasStart ? new TrainedParameters(state(seed + 2, 2, 0), state(seed + 3, 2, 0)) : null),
        new DistanceMeans(0.1, 0.5 + replica),
        false,
        Map.of("loss", 0.5),
        List.of());
  }

  /** A chain of more than a block, and another of some values. */
  private static NetworkState state(long seed, int few, float added) {
    SplittableRandom random = new SplittableRandom(seed);
    List<NetworkState.Chain> chains = new ArrayList<>();
    for (int length : new int[] {ParameterBlock.VALUES + 5, few}) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] = (float) random.nextDouble(-1, 1) + added;
      }
      values[length - 1] = -0f + added;
      chains.add(new NetworkState.Chain("chain-" + length, values, new float[0]));
    }
    return new NetworkState(chains, 0);
  }
}
