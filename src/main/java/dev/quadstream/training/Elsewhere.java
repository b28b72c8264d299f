package dev.quadstream.training;

import dev.quadstream.image.ImageEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What became of image ids in the windows of other replicas since a replica's window before, so
 * that no memory keeps an image that another one has anew or that was removed.
 *
 * @param arrived ids that are there at the end of those windows, in order
 * @param removed ids that are not
 */
public record Elsewhere(List<String> arrived, List<String> removed) {

  /** Nothing, as with one replica. */
  public static final Elsewhere NOTHING = new Elsewhere(List.of(), List.of());

  public Elsewhere {
    arrived = List.copyOf(arrived);
    removed = List.copyOf(removed);
  }

  /** What became of the ids of one window. */
  static Elsewhere of(List<ImageEvent> events) {
    Set<String> arrived = new LinkedHashSet<>();
    Set<String> removed = new LinkedHashSet<>();
    for (ImageEvent event : events) {
      move(
          event.id(), event.isRemoval() ? arrived : removed, event.isRemoval() ? removed : arrived);
    }
    return new Elsewhere(List.copyOf(arrived), List.copyOf(removed));
  }

  /** This, and then that of a later window. */
  Elsewhere then(Elsewhere later) {
    Set<String> nowArrived = new LinkedHashSet<>(arrived);
    Set<String> nowRemoved = new LinkedHashSet<>(removed);
    later.arrived.forEach(id -> move(id, nowRemoved, nowArrived));
    later.removed.forEach(id -> move(id, nowArrived, nowRemoved));
    return new Elsewhere(List.copyOf(nowArrived), List.copyOf(nowRemoved));
  }

  private static void move(String id, Set<String> from, Set<String> to) {
    from.remove(id);
    to.add(id);
  }
}
