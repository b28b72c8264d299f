package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletMiner;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.training.WindowRandom.Purpose;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Turns a window of images into a training batch: embed, test before training, choose what joins
 * from the memory, mine, remember. Stateless: the memory and the model are handed in.
 */
public final class BatchAssembler {

  private final MiningOptions options;
  private final MemorySelection selection;
  private final QuadrupletMiner miner;

  public BatchAssembler(MiningOptions options) {
    this.options = options;
    this.selection =
        new MemorySelection(options.memoryImages(), options.policy() != MiningPolicy.RANDOM);
    this.miner = new QuadrupletMiner(options.policy(), options.form());
  }

  /**
   * Assembles one window and updates the memory with it.
   *
   * @param window what happened to images, in order
   * @param memory of the window's replica; changed
   * @param model the model of the version that the window's number asks for
   */
  public TrainingBatch assemble(ImageWindow window, ExemplarMemory memory, MiningModel model) {
    return assemble(window, memory, model, images -> Optional.empty()).batch();
  }

  /**
   * The same, and beside it the embeddings of the window's images under the released model, in
   * which each is tested, too. What is trained on is the same whatever is released.
   *
   * @param vectors those of the memory under the released model; changed
   * @param released the model that was live as of {@code model}
   */
  public AssembledWindow assemble(
      ImageWindow window,
      ExemplarMemory memory,
      MiningModel model,
      ReleasedVectors vectors,
      MiningModel released) {
    return assemble(
        window,
        memory,
        model,
        images -> Optional.of(new ReleasedPass(vectors, released, model, images)));
  }

  private AssembledWindow assemble(
      ImageWindow window,
      ExemplarMemory memory,
      MiningModel model,
      Function<List<LabeledImage>, Optional<ReleasedPass>> passes) {
    StageTimes times = new StageTimes(before(window));
    WindowContent content =
        WindowContent.of(window, memory, random(window, Purpose.LABEL_CORRECTION));
    List<LabeledImage> images = content.images();
    Optional<ReleasedPass> released = passes.apply(images);
    released.ifPresent(pass -> pass.begin(memory));
    memory.reembed(model.version(), options.searchImages(), model::embed);
    times.add("embedMemory");
    float[][] embeddings = model.embed(images);
    times.add("embed");
    if (released.isPresent()) {
      released.get().embed(embeddings, memory, content);
      times.add("embedReleased");
    }

    // Not all of them: distances between embeddings of different models mean nothing.
    List<Exemplar> exemplars = memory.embeddedBy(model.version());
    NearestExemplars nearest = NearestExemplars.search(images, embeddings, exemplars);
    int[] ofClass = ofClass(images, memory, model.version());
    Prequential prequential = prequential(images, memory, ofClass, nearest);
    times.add("test");
    PairedTest paired = null;
    if (released.isPresent() && released.get().isCandidate()) {
      paired = PairedTest.ofOne(model.version(), prequential);
    } else if (released.isPresent()) {
      paired = released.get().test(ofClass, exemplars, nearest, memory);
      times.add("testReleased");
    }

    List<Exemplar> joining =
        selection.choose(images, memory, nearest, random(window, Purpose.MEMORY_SELECTION));
    List<LabeledImage> batch = new ArrayList<>(images);
    joining.forEach(exemplar -> batch.add(exemplar.image()));
    float[][] rows = new float[batch.size()][];
    System.arraycopy(embeddings, 0, rows, 0, embeddings.length);
    float[][] joiningEmbeddings = model.embeddings(joining);
    System.arraycopy(joiningEmbeddings, 0, rows, embeddings.length, joiningEmbeddings.length);
    times.add("embedJoining");
    int asked = options.quadruplets() > 0 ? options.quadruplets() : batch.size();
    QuadrupletNetwork network = model.network();
    ImageFeatures features =
        network.features(batch.stream().map(LabeledImage::image).toList(), rows);
    List<Quadruplet> quadruplets =
        miner.mine(
            BatchDistances.ofAll(network.metric(), features, batch.size()),
            TrainingBatch.classesOf(batch),
            model.margins(),
            asked,
            random(window, Purpose.MINING));
    times.add("mine");

    SplittableRandom random = random(window, Purpose.MEMORY_UPDATE);
    for (int i = 0; i < images.size(); i++) {
      memory.offer(new Exemplar(images.get(i), embeddings[i], model.version()), random);
    }
    released.ifPresent(pass -> pass.remember(memory));
    times.add("remember");
    TrainingBatch assembled =
        new TrainingBatch(
            window.id(),
            window.publishes(),
            model.version(),
            new TrainingBatch.Mined(batch, images.size(), quadruplets, asked),
            new TrainingBatch.Changes(content.removed(), content.labels()),
            new TrainingBatch.Tests(prequential, paired),
            new WindowReport.Memory(memory.size(), memory.classes()),
            times.nanos(),
            window.ledger());
    return released
        .map(pass -> pass.with(assembled))
        .orElse(new AssembledWindow(assembled, model.version(), List.of()));
  }

  private static Map<String, Long> before(ImageWindow window) {
    Map<String, Long> nanos = new LinkedHashMap<>();
    nanos.put("decode", window.decodeNanos());
    nanos.put("window", window.collectNanos());
    return nanos;
  }

  private SplittableRandom random(ImageWindow window, Purpose purpose) {
    return WindowRandom.of(options.seed(), window.id().number(), purpose);
  }

  /** How many other images of its class are among those that are searched. */
  private static int[] ofClass(List<LabeledImage> images, ExemplarMemory memory, long version) {
    int[] ofClass = new int[images.size()];
    for (int row = 0; row < ofClass.length; row++) {
      LabeledImage image = images.get(row);
      for (Exemplar exemplar : memory.ofClass(image.label())) {
        boolean isOther = !exemplar.image().id().equals(image.id());
        ofClass[row] += isOther && exemplar.modelVersion() == version ? 1 : 0;
      }
    }
    return ofClass;
  }

  private static Prequential prequential(
      List<LabeledImage> images, ExemplarMemory memory, int[] ofClass, NearestExemplars nearest) {
    int tested = 0;
    int correct = 0;
    Set<String> newClasses = new HashSet<>();
    for (int row = 0; row < images.size(); row++) {
      LabeledImage image = images.get(row);
      if (memory.ofClass(image.label()).isEmpty()) {
        newClasses.add(image.label());
      }
      if (ofClass[row] == 0) {
        continue;
      }
      tested++;
      Exemplar found = nearest.of(row);
      if (found != null && found.image().label().equals(image.label())) {
        correct++;
      }
    }
    return new Prequential(tested, correct, newClasses.size());
  }
}
