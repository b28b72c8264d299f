package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Quadruplet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the trainer gets for one window.
 *
 * @param id the window
 * @param publish whether a version ends with it, which is then published
 * @param miningVersion version of the model that the quadruplets were mined with
 * @param images the distinct images: those of the window, then those that joined from the memory
 * @param windowImages how many of {@code images} are the window's own
 * @param quadruplets rows of {@code images}
 * @param quadrupletsAsked M
 * @param removedIds ids that tombstones of this window took back
 * @param lateLabels what came of labels that came apart from their images
 * @param prequential test-before-train of the window's images
 * @param memorySize images in the memory after this window
 * @param memoryClasses classes in the memory after this window
 * @param stageNanos time spent, by stage
 * @param ledger of the partitions that the window's events come from
 * @param paired the test under mining model and released model, or null where they are the same
 */
public record TrainingBatch(
    WindowId id,
    boolean publish,
    long miningVersion,
    List<LabeledImage> images,
    int windowImages,
    List<Quadruplet> quadruplets,
    int quadrupletsAsked,
    List<String> removedIds,
    LateLabels lateLabels,
    Prequential prequential,
    int memorySize,
    int memoryClasses,
    Map<String, Long> stageNanos,
    List<PartitionLedger> ledger,
    PairedTest paired) {

  /** The batch of a window that could not be assembled: nothing but what it removes. */
  public static TrainingBatch givenUp(
      ImageWindow window, long miningVersion, ExemplarMemory memory) {
    return new TrainingBatch(
        window.id(),
        window.publishes(),
        miningVersion,
        List.of(),
        0,
        List.of(),
        0,
        window.events().stream()
            .filter(ImageEvent::isRemoval)
            .map(ImageEvent::id)
            .distinct()
            .toList(),
        LateLabels.NONE,
        new Prequential(0, 0, 0),
        memory.size(),
        memory.classes(),
        Map.of(),
        window.ledger(),
        null);
  }

  /** The class of each image as a small number, in order of appearance. */
  public int[] classes() {
    return classesOf(images);
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
