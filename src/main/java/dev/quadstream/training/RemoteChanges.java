package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabelUpdate;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of image ids in the windows of other replicas since a replica's window before, so
 * that no memory keeps an image that another one has anew or that was removed, nor a label that was
 * corrected.
 *
 * @param arrived ids that are there at the end of those windows, with a label or without, in order
 * @param removed ids that are not
 * @param corrected the last of the labels that came apart from their images, an id at most once
 */
public record RemoteChanges(
    List<String> arrived, List<String> removed, List<LabelUpdate> corrected) {

  /** Nothing, as with one replica. */
  public static final RemoteChanges NOTHING = new RemoteChanges(List.of(), List.of());

  public RemoteChanges {
    arrived = List.copyOf(arrived);
    removed = List.copyOf(removed);
    corrected = List.copyOf(corrected);
  }

  /** Where no label was corrected. */
  public RemoteChanges(List<String> arrived, List<String> removed) {
    this(arrived, removed, List.of());
  }

  /** What became of the ids of one window. */
  static RemoteChanges of(List<ImageEvent> events) {
    Set<String> arrived = new LinkedHashSet<>();
    Set<String> removed = new LinkedHashSet<>();
    Map<String, LabelUpdate> corrected = new LinkedHashMap<>();
    for (ImageEvent event : events) {
      if (event.isCorrection()) {
        corrected.put(event.id(), event.update());
      } else {
        move(
            event.id(),
            event.isRemoval() ? arrived : removed,
            event.isRemoval() ? removed : arrived);
      }
    }
    return new RemoteChanges(
        List.copyOf(arrived), List.copyOf(removed), List.copyOf(corrected.values()));
  }

  /** This, and then that of a later window. */
  RemoteChanges then(RemoteChanges later) {
    Set<String> nowArrived = new LinkedHashSet<>(arrived);
    Set<String> nowRemoved = new LinkedHashSet<>(removed);
    Map<String, LabelUpdate> nowCorrected = new LinkedHashMap<>();
    later.arrived.forEach(id -> move(id, nowRemoved, nowArrived));
    later.removed.forEach(id -> move(id, nowArrived, nowRemoved));
    corrected.forEach(update -> nowCorrected.put(update.id(), update));
    later.corrected.forEach(update -> nowCorrected.put(update.id(), update));
    return new RemoteChanges(
        List.copyOf(nowArrived), List.copyOf(nowRemoved), List.copyOf(nowCorrected.values()));
  }

  private static void move(String id, Set<String> from, Set<String> to) {
    from.remove(id);
    to.add(id);
  }
}
