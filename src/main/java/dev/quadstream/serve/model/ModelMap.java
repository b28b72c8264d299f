package dev.quadstream.serve.model;

import dev.quadstream.evaluation.HeldOutRecall;
import dev.quadstream.evaluation.HeldOutResult;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.serve.state.Confusions;
import dev.quadstream.serve.state.MapFrame;
import dev.quadstream.serve.state.MapFrames;
import dev.quadstream.serve.state.MapSummary;
import dev.quadstream.serve.state.MapSummary.Confusion;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.PublishedEmbeddings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Brings the gallery under each model that is published, and measures the model. For the thread of
 * {@link ModelWorker}.
 */
final class ModelMap {

  /** What the map is made with. */
  record Tools(
      ModelWorker.Gathered gathered,
      ModelRegistry registry,
      LoadedNetworks networks,
      Supplier<HeldOutRecall> heldOut,
      DoubleSupplier rawPixelRecall) {}

  private static final int MIN_IMAGES = 8;
  private static final int OLDER_VERSIONS = 12;
  private static final int CONFUSIONS_SHOWN = 12;

  private final ModelsState state;
  private final Tools tools;
  private final MapFrames frames;
  private final Deque<ModelManifest> older = new ArrayDeque<>();
  private String run;
  private ModelManifest measuredAlone;
  private MapFrame confused;
  private List<Confusion> confusions = List.of();
  private String problem;

  /** Nothing on the map yet. */
  ModelMap(ModelsState state, Tools tools) {
    this.state = state;
    this.tools = tools;
    this.frames = state.frames();
  }

  /** Takes the next model up; returns whether there was one. What goes wrong is on the page. */
  boolean work() throws ModelFormatException {
    ModelManifest newest = state.newestManifest();
    if (newest == null) {
      return false;
    }
    if (!newest.identity().run().equals(run)) {
      begin(newest);
    }
    List<LabeledImage> images = images(newest);
    if (images.size() < MIN_IMAGES) {
      return measureAlone(newest);
    }
    ModelManifest live = state.liveManifest();
    if (live != null && !live.equals(newest) && !isOnTheMap(live)) {
      add(live, images);
      return true;
    }
    // One of a job that was set back is not of the run any more.
    older.removeIf(each -> !each.equals(state.manifest(each.identity().version())));
    ModelManifest manifest = older.isEmpty() ? newest : older.removeFirst();
    if (isOnTheMap(manifest)) {
      return false;
    }
    add(manifest, images);
    return true;
  }

  /** Those of the gallery that are of the size that the run's networks read. */
  private List<LabeledImage> images(ModelManifest newest) {
    return tools.gathered().gallery().images().stream()
        .filter(image -> image.pixels().shape().toString().equals(newest.network().input()))
        .toList();
  }

  /** Held-out images need no gallery. */
  private boolean measureAlone(ModelManifest newest) throws ModelFormatException {
    if (newest.equals(measuredAlone) || tools.heldOut().get().isEmpty()) {
      return false;
    }
    problem = null;
    HeldOutResult result = heldOutResult(tools.networks().of(newest));
    state.measured(newest, result == null ? null : result.recallAt1(), null);
    state.heldOut(result);
    measuredAlone = newest;
    return true;
  }

  private boolean isOnTheMap(ModelManifest manifest) {
    return frames.of(manifest.identity().version()).isPresent();
  }

  /** Says on the page why the map stays as it is. */
  void problem(String why) {
    problem = why;
  }

  /** Lets the page know what there is now. */
  void publish() {
    ModelManifest live = state.liveManifest();
    state.map(
        new MapSummary(
            frames.all().stream()
                .map(
                    frame ->
                        new MapSummary.Frame(
                            frame.version(), frame.createdAt(), frame.images().size()))
                .toList(),
            live == null ? null : (Long) live.identity().version(),
            problem == null ? lacking() : problem,
            confusions(),
            tools.gathered().arrivals().newest()));
  }

  /** Why there is no map where its images are not to be had, or null. */
  private String lacking() {
    String why = tools.gathered().imageProblem().get();
    return why == null || frames.newest().isPresent() ? null : "The map lacks its images. " + why;
  }

  /** Under the newest frame, which is another one where an image was taken off it. */
  private List<Confusion> confusions() {
    MapFrame newest = frames.newest().orElse(null);
    if (newest != confused) {
      confused = newest;
      confusions = newest == null ? List.of() : new Confusions(newest).most(CONFUSIONS_SHOWN);
    }
    return confusions;
  }

  /** Another run: what its registry still holds of earlier versions gives the map its history. */
  private void begin(ModelManifest newest) {
    run = newest.identity().run();
    frames.clear();
    older.clear();
    List<ModelManifest> earlier =
        tools.registry().list(newest.identity().name()).stream()
            .filter(manifest -> manifest.identity().run().equals(run))
            .toList();
    earlier.forEach(state::add);
    int step = Math.max(1, earlier.size() / OLDER_VERSIONS);
    for (int i = 0; i < earlier.size(); i += step) {
      older.addLast(earlier.get(i));
    }
    if (!tools.heldOut().get().isEmpty()) {
      state.rawPixelRecall(tools.rawPixelRecall().getAsDouble());
    }
  }

  private void add(ModelManifest manifest, List<LabeledImage> images) throws ModelFormatException {
    QuadrupletNetwork network;
    try {
      network = tools.networks().of(manifest);
    } catch (RegistryException e) {
      problem =
          "%s The map shows the embeddings as the job published them, of mixed versions."
              .formatted(e.getMessage());
      addAsPublished(manifest, images);
      return;
    }
    problem = null;
    ReadableImages shown = ReadableImages.of(network, images);
    Double galleryRecall = show(manifest, shown.images(), network.embed(shown.contents()));
    HeldOutResult heldOut = heldOutResult(network);
    state.measured(manifest, heldOut == null ? null : heldOut.recallAt1(), galleryRecall);
    if (isNewest(manifest)) {
      state.heldOut(heldOut);
    }
  }

  /** Of those on the map: the live one may come after newer ones. */
  private boolean isNewest(ModelManifest manifest) {
    return frames
        .newest()
        .filter(frame -> frame.version() > manifest.identity().version())
        .isEmpty();
  }

  /** How it does on held-out images; null without any, or where the network reads another size. */
  private HeldOutResult heldOutResult(QuadrupletNetwork network) {
    HeldOutRecall heldOut = tools.heldOut().get();
    if (heldOut.isEmpty()) {
      return null;
    }
    if (!heldOut.fits(network.spec().input())) {
      problem =
          "The held-out images were read for another input size than this network's %s: start the page with the configuration of the run."
              .formatted(network.spec().input());
      return null;
    }
    return heldOut.examine(network);
  }

  private void addAsPublished(ModelManifest manifest, List<LabeledImage> images) {
    PublishedEmbeddings published = tools.gathered().published();
    List<LabeledImage> known =
        images.stream()
            .filter(
                image ->
                    published
                        .get(image.id())
                        .filter(
                            message ->
                                message.vector().length == manifest.network().embeddingSize())
                        .isPresent())
            .toList();
    float[][] vectors =
        known.stream()
            .map(image -> published.get(image.id()).orElseThrow().vector())
            .toArray(float[][]::new);
    show(manifest, known, vectors);
  }

  /** Puts a frame on the map and returns the gallery's recall@1, or null without enough images. */
  private Double show(ModelManifest manifest, List<LabeledImage> images, float[][] embeddings) {
    if (images.size() < MIN_IMAGES) {
      return null;
    }
    MapFrame frame =
        MapFrame.after(
            frames.newest().orElse(null),
            manifest.identity().version(),
            manifest.createdAt(),
            images,
            embeddings);
    frames.add(frame);
    // What was removed in the meantime was not on this frame yet; others that the gallery has let
    // go of since are few.
    images.stream()
        .map(LabeledImage::id)
        .filter(id -> !tools.gathered().gallery().contains(id))
        .forEach(id -> frames.remove(manifest.identity().version(), id));
    return new Confusions(frame).recallAt1();
  }
}
