package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A class-balanced reservoir of past images: Chrysakis and Moens, "Online Continual Learning from
 * Imbalanced Data" (ICML 2020).
 *
 * <p>While there is room every image is kept. After that, an image of a class that is not full
 * takes the place of a random one of the largest class; an image of a full class takes the place of
 * one of its own with the probability that reservoir sampling gives it. A class is full where it is
 * the largest, and stays so while newer classes shrink it along with the others: were it let in
 * again at once, its latest images would push out the older ones. So rare classes stay, and within
 * a class every image had the same chance. What is remembered of a class goes with its last image,
 * which bounds the memory also where new classes never end.
 *
 * <p>Order is by arrival and part of the state. Not thread-safe.
 */
public final class ExemplarMemory {

  private final int capacity;
  private final LinkedHashMap<String, Group> groups = new LinkedHashMap<>();
  private final Map<String, String> labelOf = new HashMap<>();
  private long modelVersion;

  /**
   * An empty memory.
   *
   * @param capacity how many images it holds at the most, at least 1
   */
  public ExemplarMemory(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "The memory holds at least 1 image, not " + capacity + ".");
    }
    this.capacity = capacity;
  }

  /**
   * The exemplars of one class.
   *
   * @param label the class
   * @param seen how many images of the class were offered since it came into the memory, without
   *     those that were removed
   * @param exemplars those kept
   */
  public record Group(String label, long seen, List<Exemplar> exemplars) {}

  /**
   * A memory of the given capacity with the content of a snapshot; see {@link #groups()}. Content
   * beyond the capacity goes with the next offer.
   */
  public static ExemplarMemory of(int capacity, long modelVersion, List<Group> groups) {
    ExemplarMemory memory = new ExemplarMemory(capacity);
    memory.modelVersion = modelVersion;
    for (Group group : groups) {
      memory.groups.put(
          group.label(),
          new Group(group.label(), group.seen(), new ArrayList<>(group.exemplars())));
      group.exemplars().forEach(kept -> memory.labelOf.put(kept.image().id(), group.label()));
    }
    return memory;
  }

  /** An independent copy; images and embeddings are shared, since neither is ever written to. */
  public ExemplarMemory copy() {
    return of(capacity, modelVersion, groups());
  }

  /** A copy of the content, in order. */
  public List<Group> groups() {
    return groups.values().stream()
        .map(group -> new Group(group.label(), group.seen(), List.copyOf(group.exemplars())))
        .toList();
  }

  /** All exemplars, in order. */
  public List<Exemplar> exemplars() {
    List<Exemplar> all = new ArrayList<>(size());
    groups.values().forEach(group -> all.addAll(group.exemplars()));
    return all;
  }

  /** The exemplars of one class, a live view; empty where the class is not in the memory. */
  public List<Exemplar> ofClass(String label) {
    Group group = groups.get(label);
    return group == null ? List.of() : Collections.unmodifiableList(group.exemplars());
  }

  /** The number of images held. */
  public int size() {
    return labelOf.size();
  }

  /** The number of classes held. */
  public int classes() {
    return groups.size();
  }

  /** The most images held. */
  public int capacity() {
    return capacity;
  }

  /** The version of the model that the embeddings come from. */
  public long modelVersion() {
    return modelVersion;
  }

  /** Gives every exemplar its embedding under another model. */
  public void embedAgain(long version, Function<List<LabeledImage>, float[][]> embed) {
    float[][] embeddings = embed.apply(exemplars().stream().map(Exemplar::image).toList());
    int row = 0;
    for (Group group : groups.values()) {
      for (int i = 0; i < group.exemplars().size(); i++) {
        LabeledImage image = group.exemplars().get(i).image();
        group.exemplars().set(i, new Exemplar(image, embeddings[row++]));
      }
    }
    modelVersion = version;
  }

  /** Takes an image out, whatever its class. Unknown ids change nothing. */
  public boolean remove(String id) {
    String label = labelOf.get(id);
    if (label == null) {
      return false;
    }
    evict(id);
    // It is as if it had never come: counted on, it would make the class look full.
    groups.computeIfPresent(
        label, (same, group) -> new Group(label, group.seen() - 1, group.exemplars()));
    return true;
  }

  /** Offers an image; one of the same id is replaced. */
  public void offer(Exemplar exemplar, SplittableRandom random) {
    remove(exemplar.image().id());
    while (size() > capacity) {
      evictOneOf(largest(), random);
    }
    String label = exemplar.image().label();
    Group group = groups.getOrDefault(label, new Group(label, 0, new ArrayList<>()));
    Group counted = new Group(label, group.seen() + 1, group.exemplars());
    groups.computeIfPresent(label, (same, before) -> counted);
    if (size() == capacity) {
      Group largest = largest();
      if (isFull(group, largest)) {
        replaceWithin(counted, exemplar, random);
        return;
      }
      evictOneOf(largest, random);
    }
    groups.putIfAbsent(label, counted);
    counted.exemplars().add(exemplar);
    labelOf.put(exemplar.image().id(), label);
  }

  /**
   * Whether a class is the largest, or was and has since been shrunk by other classes. Only the
   * largest is ever shrunk, so such a class is one short of the largest at the most; where it is
   * smaller, images were removed from it, and it may grow again as any rare class.
   */
  private static boolean isFull(Group group, Group largest) {
    int missing = largest.exemplars().size() - group.exemplars().size();
    return missing == 0 || (missing == 1 && group.seen() > group.exemplars().size());
  }

  private void replaceWithin(Group group, Exemplar exemplar, SplittableRandom random) {
    long slot = random.nextLong(group.seen());
    if (slot >= group.exemplars().size()) {
      return;
    }
    Exemplar replaced = group.exemplars().set((int) slot, exemplar);
    labelOf.remove(replaced.image().id());
    labelOf.put(exemplar.image().id(), group.label());
  }

  private void evictOneOf(Group group, SplittableRandom random) {
    evict(group.exemplars().get(random.nextInt(group.exemplars().size())).image().id());
  }

  private void evict(String id) {
    String label = labelOf.remove(id);
    List<Exemplar> kept = groups.get(label).exemplars();
    kept.removeIf(exemplar -> exemplar.image().id().equals(id));
    if (kept.isEmpty()) {
      groups.remove(label);
    }
  }

  private Group largest() {
    Group largest = null;
    for (Group group : groups.values()) {
      if (largest == null || group.exemplars().size() > largest.exemplars().size()) {
        largest = group;
      }
    }
    return largest;
  }
}
