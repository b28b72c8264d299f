package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowContentTest {

  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
  private static final RecordPlace PLACE = new RecordPlace(0, 7, 8, 0, 1);

  private final SplittableRandom random = new SplittableRandom(3);
  private final ExemplarMemory memory = new ExemplarMemory(8);

  @BeforeEach
  void remember() {
    for (String id : List.of("a1", "a2", "b1")) {
      memory.offer(
          new Exemplar(image(id, id.substring(0, 1)), new float[] {1, id.charAt(1)}, 4), random);
    }
  }

  @Test
  void anImageOfTheWindowHasItsLastLabelAndItsPlaceInTheWindow() {
    WindowContent content =
        content(
            ImageEvent.labelled(image("x", "a"), PLACE),
            arrived("y", "b"),
            corrected("x", "c"),
            corrected("x", "b"));

    assertThat(content.images()).extracting(LabeledImage::id).containsExactly("x", "y");
    assertThat(content.images()).extracting(LabeledImage::label).containsExactly("b", "b");
    assertThat(content.labels()).isEqualTo(new LateLabels(1, 1, 0));
    assertThat(content.corrected()).isEmpty();
  }

  @Test
  void anImageOfTheMemoryMovesToTheOtherClassWithItsEmbedding() {
    WindowContent content =
        content(corrected("a1", "b"), corrected("a2", "a"), corrected("z", "b"));

    assertThat(content.corrected()).extracting(LabeledImage::id).containsExactly("a1");
    assertThat(content.labels()).isEqualTo(new LateLabels(0, 1, 0));
    assertThat(ids("a")).containsExactly("a2");
    assertThat(ids("b")).containsExactly("b1", "a1");
    assertThat(memory.find("a1").orElseThrow().embedding()).containsExactly(1, '1');
    assertThat(memory.find("a1").orElseThrow().modelVersion()).isEqualTo(4);
    assertThat(memory.groups())
        .extracting(ExemplarMemory.Group::seen)
        .as("of the one it is as if it had never come")
        .containsExactly(1L, 2L);
  }

  @Test
  void whatIsWithdrawnLeavesWindowAndMemory() {
    WindowContent content =
        content(
            corrected("b1", null), arrived("x", "a"), corrected("x", null), corrected("z", null));

    assertThat(content.images()).isEmpty();
    assertThat(content.withdrawn()).extracting(LabeledImage::id).containsExactly("b1", "x");
    assertThat(content.removed()).as("they are images still").isEmpty();
    assertThat(content.labels()).isEqualTo(new LateLabels(0, 0, 2));
    assertThat(memory.classes()).isEqualTo(1);
  }

  @Test
  void whatIsSaidAnewInTheSameWindowCounts() {
    assertThat(content(corrected("a1", null), corrected("a1", "b")).withdrawn()).isEmpty();
    assertThat(ids("b")).containsExactly("b1", "a1");
  }

  @Test
  void anImageThatComesAgainOrIsRemovedIsWhatItComesAs() {
    WindowContent content =
        content(
            corrected("a1", "b"),
            arrived("a1", "c"),
            corrected("a2", "b"),
            ImageEvent.removed("a2"),
            corrected("b1", null),
            arrived("b1", "b"));

    assertThat(content.images()).extracting(LabeledImage::label).containsExactly("c", "b");
    assertThat(content.removed()).containsExactly("a2");
    assertThat(content.labels()).isEqualTo(LateLabels.NONE);
    assertThat(ids("b")).containsExactly("b1");
  }

  @Test
  void whatComesAgainWithoutALabelLeavesWindowAndMemoryAndIsNotToldToBeGone() {
    WindowContent content =
        content(
            arrived("x", "a"),
            replaced("x"),
            corrected("a1", null),
            replaced("a1"),
            ImageEvent.removed("a2"),
            replaced("a2"),
            replaced("unknown"),
            replaced("b1"),
            ImageEvent.removed("b1"),
            replaced("y"),
            ImageEvent.labelled(image("y", "b"), PLACE));

    assertThat(content.images()).extracting(LabeledImage::id).containsExactly("y");
    assertThat(content.removed()).containsExactly("b1");
    assertThat(content.withdrawn()).as("it has been answered since").isEmpty();
    assertThat(content.labels()).isEqualTo(new LateLabels(1, 0, 0));
    assertThat(memory.size()).isZero();
  }

  @Test
  void whatWasCorrectedInTheWindowsOfOtherReplicasHoldsToo() {
    RemoteChanges remoteChanges =
        new RemoteChanges(
            List.of("b1"),
            List.of(),
            List.of(
                new LabelUpdate("a1", "b"),
                new LabelUpdate("a2", null),
                new LabelUpdate("b1", "a")));
    WindowContent content = content(remoteChanges, corrected("a1", "c"));

    assertThat(content.corrected()).extracting(LabeledImage::label).containsExactly("c");
    assertThat(content.withdrawn()).extracting(LabeledImage::id).containsExactly("a2");
    assertThat(memory.exemplars()).hasSize(1);
  }

  @Test
  void aMemoryAboveItsCapacityStaysWithinItByACorrection() {
    ExemplarMemory small = ExemplarMemory.of(2, memory.groups());
    WindowContent.of(window(RemoteChanges.NOTHING, corrected("b1", "a")), small, random);
    assertThat(small.size()).isEqualTo(2);
    assertThat(small.find("b1").map(exemplar -> exemplar.image().label())).hasValue("a");
  }

  private WindowContent content(ImageEvent... events) {
    return content(RemoteChanges.NOTHING, events);
  }

  private WindowContent content(RemoteChanges remoteChanges, ImageEvent... events) {
    return WindowContent.of(window(remoteChanges, events), memory, random);
  }

  private static ImageWindow window(RemoteChanges remoteChanges, ImageEvent... events) {
    return new ImageWindow(
        new WindowId("run", 5, 2),
        PublishingSchedule.every(1),
        List.of(events),
        remoteChanges,
        0,
        List.of());
  }

  private List<String> ids(String label) {
    return memory.ofClass(label).stream().map(exemplar -> exemplar.image().id()).toList();
  }

  private static ImageEvent arrived(String id, String label) {
    return ImageEvent.arrived(image(id, label));
  }

  private static ImageEvent corrected(String id, String label) {
    return ImageEvent.corrected(new LabelUpdate(id, label));
  }

  private static ImageEvent replaced(String id) {
    return ImageEvent.replaced(id, PLACE);
  }

  private static LabeledImage image(String id, String label) {
    return new LabeledImage(id, label, 0, new PixelImage(SHAPE, new byte[SHAPE.size()]));
  }
}
