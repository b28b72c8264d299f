package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One window under the released model, beside what the mining model makes of it. */
final class ReleasedPass {

  private final ReleasedVectors vectors;
  private final MiningModel released;
  private final MiningModel candidate;
  private final List<LabeledImage> images;
  private final List<ReleasedImage> outgoing = new ArrayList<>();
  private boolean isNewRelease;
  private float[][] embeddings;

  /** The memory as it was when the window's images came. */
  private List<Exemplar> remembered;

  /** Under the released model, in the memory's order. */
  private float[][] rememberedEmbeddings;

  ReleasedPass(
      ReleasedVectors vectors,
      MiningModel released,
      MiningModel candidate,
      List<LabeledImage> images) {
    this.vectors = vectors;
    this.released = released;
    this.candidate = candidate;
    this.images = images;
  }

  /**
   * Goes over to the release where it is another one than before, while the memory still has the
   * embeddings of the model that mined until now.
   */
  void begin(ExemplarMemory memory) {
    vectors.keepCandidate(memory, candidate.version());
    isNewRelease = vectors.release() != released.version();
    if (isNewRelease) {
      vectors.begin(released.version(), memory, candidate.version());
    }
  }

  /**
   * Embeds the window's images, and those of the memory that have no embedding under this release.
   * With a new release all of the memory goes out; what has another label, or none any more, goes
   * out anew as well.
   *
   * @param underCandidate the window's images under the candidate
   */
  void embed(float[][] underCandidate, ExemplarMemory memory, WindowContent content) {
    embeddings = isCandidate() ? underCandidate : released.embed(images);
    Set<String> ids = new HashSet<>();
    for (int row = 0; row < embeddings.length; row++) {
      ids.add(images.get(row).id());
      send(images.get(row), embeddings[row]);
    }
    remembered = memory.exemplars();
    ReleasedVectors.Completed completed = vectors.complete(remembered, released);
    rememberedEmbeddings = completed.vectors();
    List<LabeledImage> sentAgain = new ArrayList<>();
    (isNewRelease ? remembered : completed.missing()).forEach(one -> sentAgain.add(one.image()));
    sentAgain.addAll(content.corrected());
    // Of an image that comes again the memory's picture is compared with, and the new one sent.
    sentAgain.stream()
        .filter(image -> ids.add(image.id()))
        .forEach(image -> send(image, vectors.of(image)));
    float[][] withdrawn = released.embed(content.withdrawn());
    for (int row = 0; row < withdrawn.length; row++) {
      outgoing.add(new ReleasedImage(content.withdrawn().get(row).id(), null, withdrawn[row]));
    }
  }

  private void send(LabeledImage image, float[] embedding) {
    outgoing.add(new ReleasedImage(image.id(), image.label(), embedding));
  }

  /** Whether the released model is the one that mines, so that there is nothing to compare. */
  boolean isCandidate() {
    return released.version() == candidate.version();
  }

  /**
   * Looks each image up under both models, among the same exemplars.
   *
   * @param ofClass how many of the exemplars are of a row's class
   * @param nearest under the candidate
   */
  PairedTest test(
      int[] ofClass, List<Exemplar> exemplars, NearestExemplars nearest, ExemplarMemory memory) {
    List<float[]> underLive = embeddingsOfSearched();
    NearestExemplars live = NearestExemplars.search(images, embeddings, exemplars, underLive::get);
    PairedCounts all = PairedCounts.NONE;
    PairedCounts longKnown = PairedCounts.NONE;
    HarmBets bets = HarmBets.NONE;
    HarmBets longKnownBets = HarmBets.NONE;
    int ofKnownClass = 0;
    for (int row = 0; row < ofClass.length; row++) {
      if (ofClass[row] == 0) {
        continue;
      }
      ofKnownClass++;
      LabeledImage image = images.get(row);
      boolean right = isOf(nearest.of(row), image.label());
      boolean liveRight = isOf(live.of(row), image.label());
      if (!right && !liveRight) {
        // Where labels have gone wrong most images are such, and say nothing of either model.
        continue;
      }
      PairedCounts one =
          new PairedCounts(1, right && !liveRight ? 1 : 0, liveRight && !right ? 1 : 0);
      HarmBets bet =
          HarmBets.on(
              nearest.precision(row, image.label(), ofClass[row])
                  - live.precision(row, image.label(), ofClass[row]));
      all = all.plus(one);
      bets = bets.plus(bet);
      if (memory.isLongKnown(image.label())) {
        longKnown = longKnown.plus(one);
        longKnownBets = longKnownBets.plus(bet);
      }
    }
    return new PairedTest(
        candidate.version(), released.version(), ofKnownClass, all, longKnown, bets, longKnownBets);
  }

  /** Under the released model, of the exemplars that the candidate has embedded. */
  private List<float[]> embeddingsOfSearched() {
    List<float[]> searched = new ArrayList<>(remembered.size());
    for (int place = 0; place < rememberedEmbeddings.length; place++) {
      if (remembered.get(place).modelVersion() == candidate.version()) {
        searched.add(rememberedEmbeddings[place]);
      }
    }
    return searched;
  }

  private static boolean isOf(Exemplar found, String label) {
    return found != null && found.image().label().equals(label);
  }

  /** Keeps the window's embeddings for as long as its images are in the memory. */
  void remember(ExemplarMemory memory) {
    for (int row = 0; row < embeddings.length; row++) {
      vectors.put(images.get(row), embeddings[row]);
    }
    vectors.trim(memory);
  }

  AssembledWindow with(TrainingBatch batch) {
    return new AssembledWindow(batch, released.version(), List.copyOf(outgoing));
  }
}
