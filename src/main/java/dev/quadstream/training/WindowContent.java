package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a window comes to at its end, once the memory has been told what is gone and what has
 * another label.
 *
 * @param images those that are there, in order of arrival, each with its last label
 * @param removed ids that are gone; all of them, also those not in the memory. What came again
 *     without a label is neither here nor among the images
 * @param corrected images of the memory that have another label now
 * @param withdrawn images, of the window or the memory, that have no label any more; under the one
 *     that they had
 * @param labels how many of them came apart from their images
 */
record WindowContent(
    List<LabeledImage> images,
    List<String> removed,
    List<LabeledImage> corrected,
    List<LabeledImage> withdrawn,
    LateLabels labels) {

  /**
   * Reads a window's events, in order: of several labels of an image the last counts.
   *
   * @param memory of the window's replica; changed
   * @param random for what a memory beyond its capacity gives up
   */
  static WindowContent of(ImageWindow window, ExemplarMemory memory, SplittableRandom random) {
    window.remoteChanges().arrived().forEach(memory::remove);
    window.remoteChanges().removed().forEach(memory::remove);
    Map<String, ImageEvent> arrivals = new LinkedHashMap<>();
    Set<String> removed = new LinkedHashSet<>();
    Map<String, LabelUpdate> updates = new LinkedHashMap<>();
    window.remoteChanges().corrected().forEach(update -> updates.put(update.id(), update));
    for (ImageEvent event : window.events()) {
      if (event.isCorrection()) {
        updates.put(event.id(), event.update());
        continue;
      }
      updates.remove(event.id());
      arrivals.remove(event.id());
      if (event.isArrival()) {
        arrivals.put(event.id(), event);
      } else {
        memory.remove(event.id());
      }
      if (event.isRemoval()) {
        removed.add(event.id());
      } else {
        removed.remove(event.id());
      }
    }
    Map<String, LabeledImage> images = new LinkedHashMap<>();
    arrivals.forEach((id, event) -> images.put(id, event.image()));
    List<LabeledImage> corrected = new ArrayList<>();
    List<LabeledImage> withdrawn = new ArrayList<>();
    int relabelled = 0;
    for (LabelUpdate update : updates.values()) {
      LabeledImage image = images.get(update.id());
      if (update.isWithdrawal()) {
        withdraw(update.id(), images, memory, withdrawn);
      } else if (image == null) {
        memory.correct(update, random).ifPresent(corrected::add);
      } else if (!image.label().equals(update.label())) {
        images.put(update.id(), image.labelled(update.label()));
        relabelled++;
      }
    }
    int late =
        (int)
            images.keySet().stream()
                .filter(id -> arrivals.get(id).kind() == ImageEvent.Kind.LABELLED)
                .count();
    return new WindowContent(
        List.copyOf(images.values()),
        List.copyOf(removed),
        corrected,
        withdrawn,
        new LateLabels(late, corrected.size() + relabelled, withdrawn.size()));
  }

  private static void withdraw(
      String id,
      Map<String, LabeledImage> images,
      ExemplarMemory memory,
      List<LabeledImage> withdrawn) {
    LabeledImage arrived = images.remove(id);
    LabeledImage remembered = memory.find(id).map(Exemplar::image).orElse(null);
    memory.remove(id);
    if (arrived != null || remembered != null) {
      withdrawn.add(arrived != null ? arrived : remembered);
    }
  }
}
