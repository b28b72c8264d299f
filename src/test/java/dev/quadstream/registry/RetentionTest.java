package dev.quadstream.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final int EVERY = 4;
  private static final int STALENESS = 8;

  @Test
  void theNewestStay() {
    Retention retention = upTo(40);

    assertThat(versions(retention.surplus(5))).containsExactly(4L, 8L, 12L, 16L, 20L);
    assertThat(retention.surplus(10)).isEmpty();
    assertThat(retention.bytes()).isEqualTo(10 * 100);
  }

  @Test
  void whatReplicasBroughtCountsAsLongAsASnapshotKeepsIt() {
    Retention retention = upTo(40).snapshot(3, "chk-3").merged("w0000000039-0.qsc", 30, 2);
    assertThat(retention.bytes()).isEqualTo(10 * 100 + 30);

    retention = retention.keeping(snapshot -> false);
    assertThat(retention.without(retention.mergedSurplus().get(0)).bytes()).isEqualTo(10 * 100);
  }

  @Test
  void whatWindowsOnTheirWayAskForStaysHoweverFewAreToBeKept() {
    // Window 40 is mined with version 32; the first windows after version 36 with 24, which one
    // that was dealt with that may have been.
    assertThat(versions(upTo(40).surplus(1))).containsExactly(4L, 8L, 12L, 16L, 20L);
  }

  @Test
  void whatIsLiveWasBeforeAndMayBeNextStays() {
    Retention retention = upTo(36).published(released(40, 4, 8L, 16));
    assertThat(versions(retention.surplus(5))).containsExactly(12L, 20L);

    // Checkpoint 1 goes back to where 4 is live, whatever is live since.
    retention = retention.snapshot(1, "chk-1");
    for (long version = 44; version <= 80; version += EVERY) {
      retention = retention.published(released(version, 40, 8L, 40));
    }
    assertThat(versions(retention.surplus(5))).contains(12L, 44L).doesNotContain(4L, 8L, 16L, 40L);
    assertThat(versions(retention.keeping(snapshot -> false).surplus(5)))
        .contains(4L, 16L)
        .doesNotContain(8L, 40L);
  }

  private static ModelManifest released(long version, long live, Long previous, long candidate) {
    ReleaseDecision.Counts none = new ReleaseDecision.Counts(0, 0, 0);
    return manifest(version)
        .with(
            new ReleaseDecision(
                live,
                previous,
                "gate",
                "waiting",
                false,
                List.of(),
                new ReleaseDecision.Evidence(candidate, live, none, none, 1)));
  }

  @Test
  void whatACheckpointNeedsStaysUntilItIsGone() {
    Retention retention = upTo(20).snapshot(1, "chk-1");
    for (long version = 24; version <= 80; version += EVERY) {
      retention = retention.published(manifest(version));
    }

    List<Long> surplus = versions(retention.surplus(4));
    // From checkpoint 1 on windows 20, 21, 22 ... are trained, mined with version 12 and later.
    assertThat(surplus).doesNotContain(12L, 16L, 20L).contains(24L, 60L).doesNotContain(64L);

    assertThat(versions(retention.keeping(snapshot -> snapshot.id() != 1).surplus(4)))
        .contains(12L, 16L, 20L);
  }

  @Test
  void aRunThatIsSetBackAsksForNoVersionThatIsGone() {
    // Whatever is published, kept and set back to: what any window from there on is mined with.
    Retention retention = Retention.NONE;
    for (long version = EVERY; version <= 400; version += EVERY) {
      for (Retention.Model model : retention.surplus(3)) {
        retention = retention.without(model);
      }
      retention = retention.published(manifest(version)).snapshot(version, "chk-" + version);
      long oldest = version - 3 * 7 * EVERY;
      retention = retention.keeping(snapshot -> snapshot.id() % 7 == 0 && snapshot.id() > oldest);
      List<Long> there = versions(retention.models());
      for (Retention.Snapshot snapshot : retention.snapshots()) {
        for (long window = snapshot.newest(); window < snapshot.newest() + 3 * EVERY; window++) {
          long asked = minedWith(window);
          if (asked > 0 && asked <= snapshot.newest()) {
            assertThat(there).as("window %d", window).contains(asked);
          }
        }
      }
    }
    assertThat(retention.models()).hasSizeLessThan(20);
  }

  @Test
  void theSameFileOnceMoreIsOneModelAndOtherBytesAreTwoThatGoTogether() {
    Retention retention = upTo(40).published(manifest(4)).published(manifest(8, "other"));

    assertThat(versions(retention.surplus(5))).containsExactly(4L, 8L, 8L, 12L, 16L, 20L);
  }

  @Test
  void aManifestThatSaysNothingOfItsMiningIsTakenForTheOneBefore() {
    Retention retention = Retention.NONE.published(manifest(4)).published(manifest(8));
    ModelManifest silent =
        ModelManifest.draft(manifest(9).identity(), 8, 0, null, null, Map.of())
            .of(new ModelManifest.File("nine", "", 1));

    assertThat(retention.published(silent).models())
        .last()
        .isEqualTo(new Retention.Model(9, "nine", 1, minedWith(7), List.of()));
  }

  private static Retention upTo(long last) {
    Retention retention = Retention.NONE;
    for (long version = EVERY; version <= last; version += EVERY) {
      retention = retention.published(manifest(version));
    }
    return retention;
  }

  private static ModelManifest manifest(long version) {
    return manifest(version, "icons/run/" + version);
  }

  private static ModelManifest manifest(long version, String file) {
    return ModelManifest.draft(
            new ModelManifest.Identity("icons", "run", version),
            version - 1,
            0,
            null,
            null,
            Map.of("miningVersion", (double) minedWith(version - 1)))
        .of(new ModelManifest.File(file, "", 100));
  }

  private static long minedWith(long window) {
    long version = Math.max(0, window - STALENESS);
    return version - version % EVERY;
  }

  private static List<Long> versions(List<Retention.Model> models) {
    return models.stream().map(Retention.Model::version).toList();
  }
}
