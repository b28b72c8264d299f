package dev.quadstream.serve.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.serve.state.LiveRelease.Move;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LiveReleaseTest {

  @Test
  void nothingIsKnownWhereAProgramHadNoReleases() {
    assertThat(LiveRelease.of(List.of(), pointer("run", 2, 4, 0))).isNull();
    assertThat(LiveRelease.of(List.of(manifest(2, null)), null)).isNull();
  }

  @Test
  void aMoveIsWhereAManifestSaysAnotherVersion() {
    LiveRelease release =
        LiveRelease.of(
            List.of(
                manifest(2, decision(2, 0)),
                manifest(4, decision(2, 0)),
                manifest(6, decision(4, 0)),
                manifest(8, decision(2, 1))),
            null);

    assertThat(release.decision().live()).isEqualTo(2);
    assertThat(release.moves())
        .containsExactly(new Move(2, 2, false), new Move(6, 4, false), new Move(8, 2, true));
  }

  @Test
  void aCommandMovesItBeforeTheNextManifestAndAnOlderPointerOrThatOfAnotherRunDoesNot() {
    List<ModelManifest> manifests =
        List.of(manifest(2, decision(2, 0)), manifest(4, decision(4, 1)));

    assertThat(LiveRelease.of(manifests, pointer("run", 2, 4, 2)).moves())
        .endsWith(new Move(4, 2, true));
    assertThat(LiveRelease.of(manifests, pointer("run", 2, 4, 1)).decision().live()).isEqualTo(4);
    assertThat(LiveRelease.of(manifests, pointer("other", 2, 4, 9)).decision().live()).isEqualTo(4);
  }

  @Test
  void aForgedPointerMovesNothing() {
    List<ModelManifest> manifests =
        List.of(
            manifest(2, decision(2, 0)), manifest(4, decision(4, 0)), manifest(6, decision(4, 0)));

    assertThat(liveWith(manifests, pointer("run", 2, 4, 1)))
        .as("a command that the manifest after it did not know yet")
        .isEqualTo(2);
    for (Release forged :
        List.of(
            pointer("run", 2, 2, 1_000_000),
            pointer("run", 2, 1_000_000, 1_000_000),
            pointer("run", 3, 6, 1),
            new Release(
                new ModelManifest.Identity("network", "run", 4),
                ModelManifest.File.NONE,
                1,
                6,
                decision(2, 1)),
            new Release(
                new ModelManifest.Identity("network", "run", 2),
                new ModelManifest.File("elsewhere.qsm", "ab".repeat(32), 1),
                1,
                6,
                decision(2, 1)))) {
      assertThat(liveWith(manifests, forged)).as("%s", forged).isEqualTo(4);
    }
  }

  private static long liveWith(List<ModelManifest> manifests, Release pointer) {
    return LiveRelease.of(manifests, pointer).decision().live();
  }

  @Test
  void movesAreBounded() {
    List<ModelManifest> each =
        LongStream.rangeClosed(1, 500)
            .mapToObj(version -> manifest(version, decision(version, 0)))
            .toList();
    assertThat(LiveRelease.of(each, null).moves()).hasSize(200).endsWith(new Move(500, 500, false));
  }

  private static ReleaseDecision decision(long live, long commands) {
    return new ReleaseDecision(live, null, "gate", "waiting", false, List.of(), null, commands);
  }

  private static Release pointer(String run, long live, long asOf, long commands) {
    return new Release(
        new ModelManifest.Identity("network", run, live),
        ModelManifest.File.NONE,
        1,
        asOf,
        decision(live, commands));
  }

  private static ModelManifest manifest(long version, ReleaseDecision decision) {
    return ModelManifest.draft(
            new ModelManifest.Identity("network", "run", version),
            version - 1,
            1,
            new ModelManifest.Network("hash", "small", "learned", 16, "1x28x28", null),
            new ModelManifest.Margins(0.5, 0.25),
            Map.of())
        .with(decision);
  }
}
