package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Chooses the images of the memory that join a window's batch.
 *
 * <p>First a partner for each class that has a single image in the window, since without one it has
 * no positive. Then in turn the hard negatives, the exemplars of other classes that lie nearest to
 * the window's images, each with a partner of its class so that it can be an anchor as well, and
 * images of classes drawn at random, so that the hard ones never are the whole of what is seen.
 * Where quadruplets are drawn at random, so is all that joins.
 */
final class MemorySelection {

  private static final int TRIES = 3;

  private final int most;
  private final boolean hard;

  /**
   * A selection.
   *
   * @param most images that join
   * @param hard whether hard negatives are among them
   */
  MemorySelection(int most, boolean hard) {
    this.most = most;
    this.hard = hard;
  }

  List<Exemplar> choose(
      List<LabeledImage> images,
      ExemplarMemory memory,
      NearestExemplars nearest,
      SplittableRandom random) {
    if (most == 0 || memory.size() == 0) {
      return List.of();
    }
    Draft draft = new Draft(images, memory, random);
    draft.addPartnersOfSingleImages();
    int nextHard = 0;
    for (int misses = 0; !draft.isFull() && misses < 2 * most; ) {
      int before = draft.chosen.size();
      if (hard && nextHard < images.size()) {
        draft.addWithPartner(nearest.ofAnotherClass(nextHard++));
      }
      List<Exemplar> drawn = memory.ofClass(random.nextInt(memory.classes()));
      draft.addWithPartner(drawn.get(random.nextInt(drawn.size())));
      misses += draft.chosen.size() == before ? 1 : 0;
    }
    return List.copyOf(draft.chosen.values());
  }

  /** The choice so far. */
  private final class Draft {
    private final ExemplarMemory memory;
    private final SplittableRandom random;
    private final Set<String> windowIds = new HashSet<>();
    private final Map<String, Integer> imagesOfClass = new LinkedHashMap<>();
    private final Map<String, Exemplar> chosen = new LinkedHashMap<>();

    Draft(List<LabeledImage> images, ExemplarMemory memory, SplittableRandom random) {
      this.memory = memory;
      this.random = random;
      for (LabeledImage image : images) {
        windowIds.add(image.id());
        imagesOfClass.merge(image.label(), 1, Integer::sum);
      }
    }

    boolean isFull() {
      return chosen.size() >= most;
    }

    void addPartnersOfSingleImages() {
      for (Map.Entry<String, Integer> entry : List.copyOf(imagesOfClass.entrySet())) {
        if (entry.getValue() == 1) {
          addOneOf(entry.getKey());
        }
      }
    }

    void addWithPartner(Exemplar exemplar) {
      if (exemplar == null) {
        return;
      }
      add(exemplar);
      if (imagesOfClass.getOrDefault(exemplar.image().label(), 0) == 1) {
        addOneOf(exemplar.image().label());
      }
    }

    private void addOneOf(String label) {
      List<Exemplar> ofClass = memory.ofClass(label);
      // In a large class nearly every one is a candidate, and listing them all costs its size.
      for (int tries = 0; tries < TRIES && !ofClass.isEmpty(); tries++) {
        Exemplar drawn = ofClass.get(random.nextInt(ofClass.size()));
        if (!isIn(drawn.image().id())) {
          add(drawn);
          return;
        }
      }
      List<Exemplar> candidates = new ArrayList<>(ofClass);
      candidates.removeIf(candidate -> isIn(candidate.image().id()));
      if (!candidates.isEmpty()) {
        add(candidates.get(random.nextInt(candidates.size())));
      }
    }

    private void add(Exemplar exemplar) {
      String id = exemplar.image().id();
      if (isFull() || isIn(id)) {
        return;
      }
      chosen.put(id, exemplar);
      imagesOfClass.merge(exemplar.image().label(), 1, Integer::sum);
    }

    private boolean isIn(String id) {
      return windowIds.contains(id) || chosen.containsKey(id);
    }
  }
}
