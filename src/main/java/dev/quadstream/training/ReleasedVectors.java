package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The embeddings of the memory's images under the released model, as they were sent out. Not
 * thread-safe.
 */
public final class ReleasedVectors {

  /** Of no release yet. */
  public static final long NO_RELEASE = -1;

  /** That images which left the memory may pile up to before they are looked for. */
  private static final int SPARE = 256;

  private final Map<String, float[]> vectors;
  private long release;

  /** None, of no release. */
  public ReleasedVectors() {
    this(NO_RELEASE, Map.of());
  }

  /**
   * Those of a snapshot.
   *
   * @param vectors by image id; unit length, not to be written to
   */
  public ReleasedVectors(long release, Map<String, float[]> vectors) {
    this.release = release;
    this.vectors = new HashMap<>(vectors);
  }

  /** The release that all of them are of, or {@link #NO_RELEASE}. */
  public long release() {
    return release;
  }

  /** A copy of what is held, by image id; the arrays are shared. */
  public Map<String, float[]> byId() {
    return Map.copyOf(vectors);
  }

  /** The embedding of an image of the memory, or null where it has none under this release. */
  float[] of(LabeledImage image) {
    return vectors.get(image.id());
  }

  /** Goes over to another release, of which there are no embeddings yet. */
  void begin(long next) {
    release = next;
    vectors.clear();
  }

  void put(LabeledImage image, float[] embedding) {
    vectors.put(image.id(), embedding);
  }

  /** Lets go of images that are not in the memory any more, now and then. */
  void trim(ExemplarMemory memory) {
    if (vectors.size() > memory.size() + SPARE) {
      Set<String> held =
          memory.exemplars().stream()
              .map(exemplar -> exemplar.image().id())
              .collect(Collectors.toSet());
      vectors.keySet().retainAll(held);
    }
  }

  /**
   * Embeds the exemplars that have none under this release, those of a release that is new and
   * those that joined the memory by another way than this replica's windows; returns them, in
   * order.
   *
   * @param released the released model
   */
  List<Exemplar> complete(ExemplarMemory memory, MiningModel released) {
    List<Exemplar> missing = new ArrayList<>();
    for (Exemplar exemplar : memory.exemplars()) {
      if (!vectors.containsKey(exemplar.image().id())) {
        missing.add(exemplar);
      }
    }
    float[][] embeddings = released.embeddings(missing);
    for (int row = 0; row < embeddings.length; row++) {
      put(missing.get(row).image(), embeddings[row]);
    }
    return missing;
  }
}
