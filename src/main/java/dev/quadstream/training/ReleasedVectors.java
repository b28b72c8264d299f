package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The embeddings of the memory's images under the released model, as they were sent out. Not
 * thread-safe.
 *
 * <p>Beside them those that the memory had under the first version that mined since the release,
 * which is the next to be released if it passes: without them all of the memory would be embedded
 * anew then.
 */
public final class ReleasedVectors {

  /** Of no release yet. */
  public static final long NO_RELEASE = -1;

  /** That nothing has mined since the release but the released version itself. */
  public static final long NO_CANDIDATE = -1;

  /** That images which left the memory may pile up to before they are looked for. */
  private static final int SPARE = 256;

  private final Map<String, float[]> vectors;

  /** As the memory held them when the candidate mined for the last time. */
  private final Map<String, float[]> underCandidate;

  private long release;
  private long candidate;

  /** None, of no release. */
  public ReleasedVectors() {
    this(NO_RELEASE, Map.of());
  }

  /** Those of a snapshot without a candidate. */
  public ReleasedVectors(long release, Map<String, float[]> vectors) {
    this(release, vectors, NO_CANDIDATE, Map.of());
  }

  /**
   * Those of a snapshot.
   *
   * @param vectors by image id; unit length, not to be written to
   * @param candidate the first other version that mined since the release, or {@link #NO_CANDIDATE}
   * @param underCandidate likewise, of images that have not come anew; empty while it mines
   */
  public ReleasedVectors(
      long release,
      Map<String, float[]> vectors,
      long candidate,
      Map<String, float[]> underCandidate) {
    this.release = release;
    this.vectors = new HashMap<>(vectors);
    this.candidate = candidate;
    this.underCandidate = new HashMap<>(underCandidate);
  }

  /** An independent copy; the arrays are shared. */
  public ReleasedVectors copy() {
    return new ReleasedVectors(release, vectors, candidate, underCandidate);
  }

  /** The release that all of them are of, or {@link #NO_RELEASE}. */
  public long release() {
    return release;
  }

  /** A copy of what is held, by image id; the arrays are shared. */
  public Map<String, float[]> byId() {
    return Map.copyOf(vectors);
  }

  /** The first other version that mined since the release, or {@link #NO_CANDIDATE}. */
  public long candidate() {
    return candidate;
  }

  /** A copy of what is held of the candidate, by image id; the arrays are shared. */
  public Map<String, float[]> candidateById() {
    return Map.copyOf(underCandidate);
  }

  /** The embedding of an image of the memory, or null where it has none under this release. */
  float[] of(LabeledImage image) {
    return vectors.get(image.id());
  }

  /**
   * Keeps what the memory holds under the candidate, before another version's embeddings take their
   * place.
   *
   * @param mining the version that mines from here on
   */
  void keepCandidate(ExemplarMemory memory, long mining) {
    if (candidate == NO_CANDIDATE) {
      candidate = mining == release ? NO_CANDIDATE : mining;
    } else if (mining != candidate && underCandidate.isEmpty()) {
      for (Exemplar exemplar : memory.embeddedBy(candidate)) {
        underCandidate.put(exemplar.image().id(), exemplar.embedding());
      }
    }
  }

  /**
   * Goes over to another release, with what is known under it of the memory's images.
   *
   * @param mining the version that mines from here on
   */
  void begin(long next, ExemplarMemory memory, long mining) {
    vectors.clear();
    for (Exemplar exemplar : memory.exemplars()) {
      String id = exemplar.image().id();
      if (exemplar.modelVersion() == next) {
        vectors.put(id, exemplar.embedding());
      } else if (next == candidate && underCandidate.containsKey(id)) {
        vectors.put(id, underCandidate.get(id));
      }
    }
    release = next;
    forgetCandidate();
    keepCandidate(memory, mining);
  }

  /**
   * Before the memory takes in those of another one: an image that was in this one earlier may have
   * come anew there.
   */
  public void keepOnly(ExemplarMemory memory) {
    vectors.keySet().retainAll(idsOf(memory));
    forgetCandidate();
  }

  private void forgetCandidate() {
    candidate = NO_CANDIDATE;
    underCandidate.clear();
  }

  /** Takes up an image that has come, or come anew. */
  void put(LabeledImage image, float[] embedding) {
    vectors.put(image.id(), embedding);
    underCandidate.remove(image.id());
  }

  /** Lets go of images that are not in the memory any more, now and then. */
  void trim(ExemplarMemory memory) {
    if (vectors.size() > memory.size() + SPARE) {
      Set<String> held = idsOf(memory);
      vectors.keySet().retainAll(held);
      underCandidate.keySet().retainAll(held);
    }
  }

  private static Set<String> idsOf(ExemplarMemory memory) {
    return memory.exemplars().stream()
        .map(exemplar -> exemplar.image().id())
        .collect(Collectors.toSet());
  }

  /**
   * What exemplars are under this release.
   *
   * @param vectors in the order of the exemplars
   * @param missing those that had none: of a release that is new, and what joined the memory by
   *     another way than this replica's windows; in order
   */
  record Completed(float[][] vectors, List<Exemplar> missing) {}

  /**
   * Embeds the exemplars that have none under this release.
   *
   * @param released the released model
   */
  Completed complete(List<Exemplar> exemplars, MiningModel released) {
    float[][] all = new float[exemplars.size()][];
    List<Exemplar> missing = new ArrayList<>();
    for (int place = 0; place < all.length; place++) {
      all[place] = of(exemplars.get(place).image());
      if (all[place] == null) {
        missing.add(exemplars.get(place));
      }
    }
    if (!missing.isEmpty()) {
      Iterator<float[]> embedded = List.of(released.embeddings(missing)).iterator();
      for (int place = 0; place < all.length; place++) {
        if (all[place] == null) {
          all[place] = embedded.next();
          vectors.put(exemplars.get(place).image().id(), all[place]);
        }
      }
    }
    return new Completed(all, missing);
  }
}
