package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.RecordPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WindowDealerTest {

  @Test
  void windowsAreNumberedOverTheRunAndDealtInTurn() {
    List<ImageWindow> windows = deal(WindowDealer.ofNewRun(3, 4), List.of(), 7);

    assertThat(windows)
        .extracting(window -> window.id().number())
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(windows)
        .extracting(window -> window.id().replica())
        .containsExactly(0, 1, 2, 0, 1, 2, 0);
    assertThat(windows)
        .extracting(window -> window.id().inReplica())
        .containsExactly(0L, 0L, 0L, 1L, 1L, 1L, 2L);
    assertThat(windows.stream().map(window -> window.id().run()).distinct()).hasSize(1);
  }

  @Test
  void whatHappenedToIdsInOtherReplicasWindowsTravelsWithTheNextWindow() {
    WindowDealer dealer = WindowDealer.ofNewRun(3, 4);
    dealer = dealer.after(List.of(arrived("own")));
    dealer = dealer.after(List.of(arrived("a"), arrived("b"), removed("b")));
    dealer = dealer.after(List.of(removed("a"), arrived("b"), removed("own")));

    assertThat(dealer.deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(new RemoteChanges(List.of("b"), List.of("a", "own")));
    // Windows 1 and 2 have been told of by then.
    dealer = dealer.after(List.of());
    assertThat(dealer.deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(new RemoteChanges(List.of("b"), List.of("a", "own")));
    dealer = dealer.after(List.of());
    assertThat(dealer.deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(RemoteChanges.NOTHING);
  }

  @Test
  void whatCameWithoutALabelThereLeavesThisMemoryToo() {
    WindowDealer dealer = WindowDealer.ofNewRun(2, 4);
    dealer =
        dealer.after(
            List.of(
                removed("a"),
                ImageEvent.replaced("a", new RecordPlace(0, 7, 8, 0, 1)),
                ImageEvent.replaced("b", new RecordPlace(0, 8, 9, 0, 2))));

    assertThat(dealer.deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(new RemoteChanges(List.of("a", "b"), List.of()));
  }

  @Test
  void soDoLabelsThatWereCorrectedThereTheLastOfEachId() {
    WindowDealer dealer = WindowDealer.ofNewRun(3, 4);
    dealer = dealer.after(List.of(corrected("own", "told already")));
    dealer = dealer.after(List.of(corrected("a", "x"), corrected("b", "x"), corrected("a", "y")));
    dealer = dealer.after(List.of(corrected("b", null), arrived("c")));

    assertThat(dealer.deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(
            new RemoteChanges(
                List.of("c"),
                List.of(),
                List.of(new LabelUpdate("a", "y"), new LabelUpdate("b", null))));
  }

  private static ImageEvent corrected(String id, String label) {
    return ImageEvent.corrected(new LabelUpdate(id, label));
  }

  @Test
  void withOneReplicaNothingHappensElsewhere() {
    WindowDealer dealer = WindowDealer.ofNewRun(1, 4).after(List.of(arrived("a"), removed("b")));

    assertThat(dealer.deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(RemoteChanges.NOTHING);
  }

  @Test
  void versionsAreNamedByTheWindowsOfAllReplicasAndFixedByTheWindowsNumber() {
    WindowDealer dealer =
        new WindowDealer(new WindowId("run", 0, 3), PublishingSchedule.every(2), List.of());
    List<ImageWindow> windows = deal(dealer, List.of(), 15);

    assertThat(windows)
        .extracting(window -> window.miningVersion(1))
        .containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 6L, 6L, 6L, 6L, 6L, 6L);
    assertThat(windows.stream().filter(ImageWindow::publishes))
        .extracting(window -> window.id().number())
        .containsExactly(3L, 4L, 5L, 9L, 10L, 11L);
  }

  @Test
  void anotherIntervalBeginsAtTheSameVersionInAllReplicas() {
    WindowDealer dealer =
        new WindowDealer(new WindowId("run", 0, 3), PublishingSchedule.every(2), List.of());
    for (int window = 0; window < 4; window++) {
      dealer = dealer.after(List.of());
    }
    // Replica 0 has two windows, the others one: all agree on the first two.
    assertThat(dealer.publishingEvery(5).publishing())
        .isEqualTo(PublishingSchedule.every(2).changedTo(5, 3));
    assertThat(dealer.publishingEvery(2)).isSameAs(dealer);
  }

  @Test
  void anotherNumberOfReplicasTakesOverAsSoonAsARoundCanEndAndMinesWithTheModelOfIts() {
    WindowDealer dealer =
        new WindowDealer(new WindowId("run", 0, 3), PublishingSchedule.every(4), List.of());
    for (int window = 0; window < 4; window++) {
      dealer = dealer.after(List.of());
    }
    // Replica 0 has two windows, the others one: the third version is the first that is whole.
    dealer = dealer.rescaledTo(2);
    assertThat(dealer.replicas()).isEqualTo(2);
    assertThat(dealer.rescale()).isEqualTo(new WindowDealer.Rescale(9, 2));
    assertThat(dealer.rescaledTo(2)).isSameAs(dealer);
    assertThat(dealer.rescaledTo(5).rescale()).isEqualTo(new WindowDealer.Rescale(9, 5));
    List<ImageWindow> windows = new ArrayList<>();
    for (int window = 4; window < 20; window++) {
      dealer = dealer.rescaledTo(2).publishingEvery(4);
      windows.add(dealer.deal(List.of(), 0, List.of()));
      dealer = dealer.after(List.of());
    }

    assertThat(windows)
        .extracting(window -> window.id().number())
        .isEqualTo(LongStream.range(4, 20).boxed().toList());
    assertThat(windows)
        .extracting(window -> window.id().replica())
        .containsExactly(1, 2, 0, 1, 2, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0);
    assertThat(windows.stream().filter(ImageWindow::publishes))
        .extracting(window -> window.id().number())
        .containsExactly(6L, 7L, 8L, 15L, 16L);
    assertThat(windows)
        .extracting(window -> window.miningVersion(1))
        .containsExactly(0L, 0L, 0L, 0L, 0L, 9L, 9L, 9L, 9L, 9L, 9L, 9L, 9L, 9L, 9L, 17L);
  }

  @Test
  void newReplicasAreToldWhatBecameOfIdsInTheLastWindowsOfThoseBefore() {
    WindowDealer dealer =
        new WindowDealer(new WindowId("run", 3, 3), PublishingSchedule.every(4), List.of())
            .rescaledTo(1);
    assertThat(dealer.rescale().from()).isEqualTo(6);
    dealer = dealer.after(List.of(arrived("a"))).after(List.of(arrived("b")));
    dealer = dealer.after(List.of(removed("c")));

    ImageWindow first = dealer.deal(List.of(), 0, List.of());
    assertThat(first.id()).isEqualTo(new WindowId("run", 6, 1, 6));
    assertThat(first.remoteChanges()).isEqualTo(new RemoteChanges(List.of("b"), List.of("c")));
    assertThat(dealer.after(List.of()).deal(List.of(), 0, List.of()).remoteChanges())
        .isEqualTo(RemoteChanges.NOTHING);
  }

  @Test
  void theFirstRoundsOfSeveralReplicasAreShorter() {
    assertThat(PublishingSchedule.ofReplicas(1, 8)).isEqualTo(PublishingSchedule.every(8));
    PublishingSchedule four = PublishingSchedule.ofReplicas(4, 8);
    List<Long> published = new ArrayList<>();
    for (long version = 1; version <= 40; version++) {
      if (four.publishes(version)) {
        published.add(version);
      }
    }
    assertThat(published)
        .containsExactly(2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L, 18L, 20L, 24L, 32L, 40L);
  }

  private static List<ImageWindow> deal(WindowDealer dealer, List<ImageEvent> events, int count) {
    List<ImageWindow> windows = new ArrayList<>();
    WindowDealer next = dealer;
    for (int window = 0; window < count; window++) {
      windows.add(next.deal(events, 0, List.of()));
      next = next.after(events);
    }
    return windows;
  }

  private static ImageEvent arrived(String id) {
    return ImageEvent.arrived(
        new LabeledImage(id, "label", 0, TestingGlyphs.glyph(id, "label", 0, 0).image()));
  }

  private static ImageEvent removed(String id) {
    return ImageEvent.removed(id);
  }
}
