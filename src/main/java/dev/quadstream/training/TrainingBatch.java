package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Quadruplet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the trainer gets for one window.
 *
 * @param id the window
 * @param publish whether a version ends with it, which is then published
 * @param miningVersion version of the model that the quadruplets were mined with
 * @param mined what is trained on
 * @param changes what the window's events took back or corrected
 * @param tests what was tested before training
 * @param memory what the memory holds after this window
 * @param stageNanos time spent, by stage
 * @param ledger of the partitions that the window's events come from
 */
public record TrainingBatch(
    WindowId id,
    boolean publish,
    long miningVersion,
    Mined mined,
    Changes changes,
    Tests tests,
    WindowReport.Memory memory,
    Map<String, Long> stageNanos,
    List<PartitionLedger> ledger) {

  /**
   * The images and the quadruplets among them.
   *
   * @param images the distinct images: those of the window, then those that joined from the memory
   * @param windowImages how many of {@code images} are the window's own
   * @param quadruplets rows of {@code images}
   * @param asked M
   */
  public record Mined(
      List<LabeledImage> images, int windowImages, List<Quadruplet> quadruplets, int asked) {

    /** The class of each image as a small number, in order of appearance. */
    public int[] classes() {
      return classesOf(images);
    }
  }

  /**
   * What came to images that are there already.
   *
   * @param removedIds ids that tombstones of this window took back
   * @param lateLabels what came of labels that came apart from their images
   */
  public record Changes(List<String> removedIds, LateLabels lateLabels) {

    /** Nothing. */
    public static final Changes NONE = new Changes(List.of(), LateLabels.NONE);
  }

  /**
   * Tests before training.
   *
   * @param prequential test-before-train of the window's images
   * @param paired the test under mining model and released model, or null where none is released
   */
  public record Tests(Prequential prequential, PairedTest paired) {}

  /** The batch of a window that could not be assembled: nothing but what it removes. */
  public static TrainingBatch unassembled(
      ImageWindow window, long miningVersion, ExemplarMemory memory) {
    Set<String> removed = new LinkedHashSet<>();
    for (ImageEvent event : window.events()) {
      if (event.isRemoval()) {
        removed.add(event.id());
      } else if (event.isReplacement()) {
        removed.remove(event.id());
      }
    }
    return new TrainingBatch(
        window.id(),
        window.publishes(),
        miningVersion,
        new TrainingBatch.Mined(List.of(), 0, List.of(), 0),
        new TrainingBatch.Changes(List.copyOf(removed), LateLabels.NONE),
        new TrainingBatch.Tests(new Prequential(0, 0, 0), null),
        new WindowReport.Memory(memory.size(), memory.classes()),
        Map.of(),
        window.ledger());
  }

  static int[] classesOf(List<LabeledImage> images) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] classes = new int[images.size()];
    for (int row = 0; row < classes.length; row++) {
      Integer known = numbers.putIfAbsent(images.get(row).label(), numbers.size());
      classes[row] = known == null ? numbers.size() - 1 : known;
    }
    return classes;
  }
}
