package dev.quadstream.training;

import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
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
  private final Map<String, Kept> byLabel = new HashMap<>();
  private final List<Kept> inOrder = new ArrayList<>();

  /** So that neither finding the largest class nor drawing one depends on how many there are. */
  private final NavigableSet<Kept> largestFirst = new TreeSet<>(Kept.LARGEST_FIRST);

  private final Map<String, String> labelOf = new HashMap<>();
  private final NavigableMap<Long, Integer> ofVersion = new TreeMap<>();
  private long classesSeen;

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

  /** A class at work. */
  private static final class Kept {
    private static final Comparator<Kept> LARGEST_FIRST =
        Comparator.<Kept>comparingInt(kept -> -kept.exemplars.size())
            .thenComparingLong(kept -> kept.arrival);

    private final String label;
    private final long arrival;
    private final List<Exemplar> exemplars;
    private long seen;

    Kept(String label, long arrival, long seen, List<Exemplar> exemplars) {
      this.label = label;
      this.arrival = arrival;
      this.seen = seen;
      this.exemplars = exemplars;
    }

    Group snapshot() {
      return new Group(label, seen, List.copyOf(exemplars));
    }
  }

  private record Place(Kept kept, int index) {

    LabeledImage image() {
      return kept.exemplars.get(index).image();
    }
  }

  /**
   * A memory of the given capacity with the content of a snapshot; see {@link #groups()}. Content
   * beyond the capacity goes with the next offer.
   */
  public static ExemplarMemory of(int capacity, List<Group> groups) {
    ExemplarMemory memory = new ExemplarMemory(capacity);
    for (Group group : groups) {
      memory.addClass(group.label(), group.seen(), new ArrayList<>(group.exemplars()));
      for (Exemplar exemplar : group.exemplars()) {
        memory.labelOf.put(exemplar.image().id(), group.label());
        memory.count(exemplar);
      }
    }
    return memory;
  }

  /** An independent copy; images and embeddings are shared, since neither is ever written to. */
  public ExemplarMemory copy() {
    return of(capacity, groups());
  }

  /** A copy of the content, in order. */
  public List<Group> groups() {
    return inOrder.stream().map(Kept::snapshot).toList();
  }

  /** All exemplars, in order. */
  public List<Exemplar> exemplars() {
    List<Exemplar> all = new ArrayList<>(size());
    inOrder.forEach(kept -> all.addAll(kept.exemplars));
    return all;
  }

  /** The exemplars of one class, a live view; empty where the class is not in the memory. */
  public List<Exemplar> ofClass(String label) {
    Kept kept = byLabel.get(label);
    return kept == null ? List.of() : Collections.unmodifiableList(kept.exemplars);
  }

  /** The exemplars of the class at a place in the order of classes, from 0; a live view. */
  List<Exemplar> ofClass(int place) {
    return Collections.unmodifiableList(inOrder.get(place).exemplars);
  }

  /** Whether a class is of the older half of those held, by when it came in. */
  boolean isLongKnown(String label) {
    Kept kept = byLabel.get(label);
    return kept != null && 2 * placeOf(kept) < inOrder.size();
  }

  private int placeOf(Kept kept) {
    return Collections.binarySearch(inOrder, kept, Comparator.comparingLong(one -> one.arrival));
  }

  /** The number of images held. */
  public int size() {
    return labelOf.size();
  }

  /** The number of classes held. */
  public int classes() {
    return inOrder.size();
  }

  /** The most images held. */
  public int capacity() {
    return capacity;
  }

  /** The exemplars whose embedding is of a model version, in order. */
  public List<Exemplar> embeddedBy(long version) {
    List<Exemplar> found = new ArrayList<>(ofVersion.getOrDefault(version, 0));
    for (Kept kept : inOrder) {
      for (Exemplar exemplar : kept.exemplars) {
        if (exemplar.modelVersion() == version) {
          found.add(exemplar);
        }
      }
    }
    return found;
  }

  /**
   * Gives exemplars their embedding under another model, the longest overdue first.
   *
   * @param version of the model
   * @param least until so many have theirs under this model, or all of them
   * @param embed embeds images with the model
   */
  public void reembed(long version, int least, Function<List<LabeledImage>, float[][]> embed) {
    List<Place> places = stalest(version, least - ofVersion.getOrDefault(version, 0));
    if (places.isEmpty()) {
      return;
    }
    float[][] embeddings = embed.apply(places.stream().map(Place::image).toList());
    for (int row = 0; row < embeddings.length; row++) {
      Place place = places.get(row);
      Exemplar now = new Exemplar(place.image(), embeddings[row], version);
      uncount(place.kept.exemplars.set(place.index, now));
      count(now);
    }
  }

  /**
   * By version and then in order: a function of the content alone, so that a restore changes none.
   */
  private List<Place> stalest(long version, int most) {
    int left = Math.max(0, most);
    int wanted = left;
    long last = Long.MIN_VALUE;
    int ofLast = 0;
    for (Map.Entry<Long, Integer> of : ofVersion.entrySet()) {
      if (left > 0 && of.getKey() != version) {
        last = of.getKey();
        ofLast = Math.min(left, of.getValue());
        left -= ofLast;
      }
    }
    wanted -= left;
    List<Place> places = new ArrayList<>(wanted);
    for (Kept kept : inOrder) {
      for (int index = 0; index < kept.exemplars.size() && places.size() < wanted; index++) {
        long from = kept.exemplars.get(index).modelVersion();
        if (from != version && (from < last || (from == last && ofLast-- > 0))) {
          places.add(new Place(kept, index));
        }
      }
    }
    return places;
  }

  private void count(Exemplar exemplar) {
    ofVersion.merge(exemplar.modelVersion(), 1, Integer::sum);
  }

  private void uncount(Exemplar exemplar) {
    ofVersion.computeIfPresent(
        exemplar.modelVersion(), (version, count) -> count == 1 ? null : count - 1);
  }

  /** The exemplar with this id, if it is held. */
  Optional<Exemplar> find(String id) {
    return Optional.ofNullable(placeOf(id)).map(place -> place.kept.exemplars.get(place.index));
  }

  /** Takes an image out, whatever its class. Unknown ids change nothing. */
  public boolean remove(String id) {
    Place place = placeOf(id);
    if (place == null) {
      return false;
    }
    // It is as if it had never come: counted on, it would make the class look full.
    place.kept.seen--;
    evict(place.kept, place.index);
    return true;
  }

  /**
   * Moves an image to another class, as the latest of it; its embedding stays. Unknown ids, and a
   * label that the image has already, change nothing.
   *
   * @param update no withdrawal
   * @return the image under its new label, if that changed anything
   */
  Optional<LabeledImage> correct(LabelUpdate update, SplittableRandom random) {
    Optional<Exemplar> held =
        find(update.id())
            .filter(exemplar -> !exemplar.image().label().equals(update.label()))
            .map(
                exemplar ->
                    new Exemplar(
                        exemplar.image().labelled(update.label()),
                        exemplar.embedding(),
                        exemplar.modelVersion()));
    // There is room for it, which it leaves itself.
    held.ifPresent(exemplar -> offer(exemplar, random));
    return held.map(Exemplar::image);
  }

  private Place placeOf(String id) {
    String label = labelOf.get(id);
    if (label == null) {
      return null;
    }
    Kept kept = byLabel.get(label);
    int index = 0;
    while (!kept.exemplars.get(index).image().id().equals(id)) {
      index++;
    }
    return new Place(kept, index);
  }

  /** Offers an image; one of the same id is replaced. */
  public void offer(Exemplar exemplar, SplittableRandom random) {
    remove(exemplar.image().id());
    while (size() > capacity) {
      evictOneOf(largestFirst.first(), random);
    }
    String label = exemplar.image().label();
    Kept kept = byLabel.get(label);
    if (kept != null) {
      kept.seen++;
    }
    if (size() == capacity) {
      Kept largest = largestFirst.first();
      if (kept != null && isFull(kept, largest)) {
        replaceWithin(kept, exemplar, random);
        return;
      }
      evictOneOf(largest, random);
    }
    if (kept == null) {
      kept = addClass(label, 1, new ArrayList<>());
    }
    largestFirst.remove(kept);
    kept.exemplars.add(exemplar);
    largestFirst.add(kept);
    count(exemplar);
    labelOf.put(exemplar.image().id(), label);
  }

  /** Offers all that another memory holds, in its order. */
  public void offerAll(ExemplarMemory other, SplittableRandom random) {
    other.exemplars().forEach(exemplar -> offer(exemplar, random));
  }

  private Kept addClass(String label, long seen, List<Exemplar> exemplars) {
    Kept kept = new Kept(label, classesSeen++, seen, exemplars);
    byLabel.put(label, kept);
    inOrder.add(kept);
    largestFirst.add(kept);
    return kept;
  }

  /**
   * Whether a class is the largest, or was and has since been shrunk by other classes. Only the
   * largest is ever shrunk, so such a class is one short of the largest at the most; where it is
   * smaller, images were removed from it, and it may grow again as any rare class.
   */
  private static boolean isFull(Kept kept, Kept largest) {
    int missing = largest.exemplars.size() - kept.exemplars.size();
    return missing == 0 || (missing == 1 && kept.seen - 1 > kept.exemplars.size());
  }

  private void replaceWithin(Kept kept, Exemplar exemplar, SplittableRandom random) {
    long slot = random.nextLong(kept.seen);
    if (slot >= kept.exemplars.size()) {
      return;
    }
    Exemplar replaced = kept.exemplars.set((int) slot, exemplar);
    uncount(replaced);
    count(exemplar);
    labelOf.remove(replaced.image().id());
    labelOf.put(exemplar.image().id(), kept.label);
  }

  private void evictOneOf(Kept kept, SplittableRandom random) {
    evict(kept, random.nextInt(kept.exemplars.size()));
  }

  private void evict(Kept kept, int place) {
    largestFirst.remove(kept);
    Exemplar evicted = kept.exemplars.remove(place);
    uncount(evicted);
    labelOf.remove(evicted.image().id());
    if (!kept.exemplars.isEmpty()) {
      largestFirst.add(kept);
      return;
    }
    byLabel.remove(kept.label);
    inOrder.remove(placeOf(kept));
  }
}
