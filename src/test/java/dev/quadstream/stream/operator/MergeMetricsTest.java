package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.ReleaseGate;
import dev.quadstream.training.ReleaseOptions;
import dev.quadstream.training.ReleasePolicy;
import dev.quadstream.training.ReleaseState;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.WindowId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class MergeMetricsTest {

  private static final ReleaseGate GATE =
      new ReleaseGate(new ReleaseOptions(ReleasePolicy.GATE, 0.01, 0.01));

  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, Gauge<?>> gauges = new HashMap<>();
  private final MergeMetrics metrics =
      new MergeMetrics(
          new UnregisteredMetricsGroup() {
            @Override
            public Counter counter(String name) {
              return counters.computeIfAbsent(name, absent -> new SimpleCounter());
            }

            @Override
            public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
              gauges.put(name, gauge);
              return gauge;
            }
          },
          ReleasePolicy.GATE);
  private ReleaseState state;
  private long version;

  @Test
  void aQuarantineIsCountedOnceHoweverManyVersionsComeBeforeTheNextTest() {
    publish();
    publish();
    publish(bad(4));
    publish();
    publish();
    assertThat(counters.get("quarantines").getCount()).isEqualTo(1);

    publish(bad(8));
    publish();
    assertThat(counters.get("quarantines").getCount()).isEqualTo(2);
    assertThat(state.quarantined()).containsExactly(4L, 8L);
    assertThat(counters.get("releases").getCount()).as("the first").isEqualTo(1);
  }

  @Test
  void aQuarantineByCommandIsNoneOnEvidence() {
    publish();
    publish();
    ReleaseState before = state;
    state = state.quarantined(4);
    metrics.commanded(before, state);
    publish();

    assertThat(counters.get("releaseCommands").getCount()).isEqualTo(1);
    assertThat(counters.get("quarantines").getCount()).isZero();
  }

  @Test
  void whatACommandKeepsIsHeld() {
    publish();
    assertThat(gauges.get("releaseHeld").getValue()).isEqualTo(0);

    ReleaseState before = state;
    state = state.pinned(2);
    metrics.commanded(before, state);

    assertThat(gauges.get("releaseHeld").getValue()).isEqualTo(1);
  }

  @Test
  void whatIsLiveAndHeldIsToldRightAfterARestartAndIsNoReleaseOfItsOwn() {
    ReleaseState saved = ReleaseState.first(2).pinned(2);
    metrics.restored(saved, 6);

    assertThat(gauges.get("liveVersion").getValue()).isEqualTo(2L);
    assertThat(gauges.get("windowsSinceLive").getValue()).isEqualTo(4L);
    assertThat(gauges.get("releaseHeld").getValue()).isEqualTo(1);
    assertThat(counters.get("releases").getCount()).isZero();

    metrics.commanded(saved, saved.pinned(4));
    assertThat(gauges.get("windowsSinceLive").getValue()).isEqualTo(2L);
  }

  @Test
  void filesOfAnOpenRoundCountUntilItIsMergedAndAfterARestart() {
    Rounds open = Rounds.NONE.with(inFile(0, 400)).with(inFile(1, 30));
    metrics.open(open);
    assertThat(gauges.get("openRoundBytes").getValue()).isEqualTo(430L);

    metrics.open(Rounds.NONE);
    assertThat(gauges.get("openRoundBytes").getValue()).isEqualTo(0L);

    metrics.restored(open);
    assertThat(gauges.get("openRoundBytes").getValue()).isEqualTo(430L);
  }

  private static Contribution inFile(int replica, long bytes) {
    return new Contribution(
        new WindowId("run-1", replica, 3),
        1,
        new StoredParameters("file-" + replica, bytes, "0".repeat(64), true, false, 0),
        DistanceMeans.UNDEFINED,
        false,
        Map.of(),
        List.of());
  }

  private void publish(PairedTest... tests) {
    version += 2;
    ReleaseState before = state;
    state = GATE.asOf(before, version, List.of(tests), false);
    metrics.decided(before, state, version);
  }

  /** Of a hundred images that both models see, the live one alone is right about forty. */
  private PairedTest bad(long candidate) {
    return new PairedTest(
        candidate, state.live(), 100, new PairedCounts(100, 0, 40), PairedCounts.NONE);
  }
}
