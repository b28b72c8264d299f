package dev.quadstream.dashboard;

import dev.quadstream.dashboard.NeighbourList.Answer;
import dev.quadstream.evaluation.HeldOutRecall;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.ModelFormatException;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs networks: it embeds the gallery with each model that is published,
 * measures it, and answers who is near to whom.
 *
 * <p>It rests longer than it works, so that a page on the training machine does not slow the
 * training down: models that are published faster are skipped, questions of people come first.
 */
final class ModelWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelWorker.class);

  private static final int FEWEST_IMAGES = 8;
  private static final int REST_FACTOR = 5;
  private static final int OLDER_VERSIONS = 12;
  private static final int WAITING_QUESTIONS = 8;
  private static final long ANSWER_SECONDS = 20;
  private static final long SHORTEST_REST_MILLIS = 2_000;

  /** On a machine that is busy with other things, work takes longer and the rest would too. */
  private static final long LONGEST_REST_MILLIS = 15_000;

  private static final int CONFUSIONS_SHOWN = 12;

  private final RunState state;
  private final Gallery gallery;
  private final ClassArrivals arrivals;
  private final MapFrames frames;
  private final LoadedNetworks networks;
  private final ModelRegistry registry;
  private final PublishedEmbeddings published;
  private final HeldOutRecall heldOut;
  private final NeighbourSearch search;
  private final ThreadPoolExecutor questions;
  private final Deque<ModelManifest> older = new ArrayDeque<>();
  private volatile boolean closing;
  private String run;
  private long nextFrameAt;
  private List<MapSummary.Confusion> confusions = List.of();
  private String problem;

  /** A worker that has not started. */
  ModelWorker(
      RunState state,
      Gallery gallery,
      ClassArrivals arrivals,
      MapFrames frames,
      PublishedEmbeddings published,
      ModelRegistry registry,
      HeldOutRecall heldOut) {
    this.state = state;
    this.gallery = gallery;
    this.arrivals = arrivals;
    this.frames = frames;
    this.registry = registry;
    this.published = published;
    this.heldOut = heldOut;
    this.networks = new LoadedNetworks(registry);
    this.search = new NeighbourSearch(state, frames, networks);
    this.questions =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_QUESTIONS),
            DaemonThreads.named("dashboard-models"));
  }

  /** Does the work that is due, in the worker's own thread. Call it every second or so. */
  void wakeUp() {
    if (questions.getQueue().isEmpty()) {
      try {
        questions.execute(this::workOrSayWhyNot);
      } catch (RejectedExecutionException e) {
        LOG.debug("The model thread is busy or closed.", e);
      }
    }
  }

  /** The neighbours of an image of the gallery. */
  Answer neighbours(long version, String id) throws RequestException {
    return ask(() -> search.of(version, id));
  }

  /** The neighbours of an image of one's own. */
  Answer neighbours(long version, PixelImage image) throws RequestException {
    return ask(() -> search.of(version, image));
  }

  private Answer ask(Callable<Answer> question) throws RequestException {
    FutureTask<Answer> task = new FutureTask<>(question);
    try {
      questions.execute(task);
      return task.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (RejectedExecutionException | TimeoutException e) {
      task.cancel(false);
      throw new RequestException(
          503, "Too many images are being looked up at once. Try again in a few seconds.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RequestException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestException(503, "The page is being closed.");
    }
  }

  private void workOrSayWhyNot() {
    try {
      work();
    } catch (RegistryException | ModelFormatException e) {
      problem = e.getMessage();
      nextFrameAt = System.currentTimeMillis() + SHORTEST_REST_MILLIS;
      LOG.warn("The map stays as it is: {}", e.getMessage());
    } catch (RuntimeException e) {
      problem = "The map could not be drawn: " + e;
      nextFrameAt = System.currentTimeMillis() + 5 * SHORTEST_REST_MILLIS;
      LOG.warn("The map could not be drawn.", e);
    }
    state.map(
        new MapSummary(
            frames.all().stream()
                .map(
                    frame ->
                        new MapSummary.Frame(
                            frame.version(), frame.createdAt(), frame.images().size()))
                .toList(),
            problem,
            confusions,
            arrivals.newest()));
  }

  private void work() throws ModelFormatException {
    ModelManifest newest = state.newestManifest();
    if (newest == null || closing || System.currentTimeMillis() < nextFrameAt) {
      return;
    }
    if (!newest.run().equals(run)) {
      begin(newest);
    }
    List<LabeledImage> images = gallery.images();
    if (images.size() < FEWEST_IMAGES) {
      return;
    }
    ModelManifest manifest = older.isEmpty() ? newest : older.removeFirst();
    if (frames.newest().filter(frame -> frame.version() >= manifest.version()).isPresent()) {
      return;
    }
    long start = System.currentTimeMillis();
    add(manifest, images);
    long worked = System.currentTimeMillis() - start;
    long rest = Math.max(SHORTEST_REST_MILLIS, REST_FACTOR * worked);
    nextFrameAt = start + worked + Math.min(LONGEST_REST_MILLIS, rest);
  }

  /** Another run: what its registry still holds of earlier versions gives the map its history. */
  private void begin(ModelManifest newest) {
    run = newest.run();
    frames.clear();
    older.clear();
    confusions = List.of();
    List<ModelManifest> earlier =
        registry.list(newest.name()).stream()
            .filter(manifest -> manifest.run().equals(run) && manifest.shard() == 0)
            .toList();
    earlier.forEach(state::add);
    int step = Math.max(1, earlier.size() / OLDER_VERSIONS);
    for (int i = 0; i < earlier.size(); i += step) {
      older.addLast(earlier.get(i));
    }
    if (!heldOut.isEmpty()) {
      state.rawPixelRecall(heldOut.ofRawPixels());
    }
  }

  private void add(ModelManifest manifest, List<LabeledImage> images) throws ModelFormatException {
    QuadrupletNetwork network;
    try {
      network = networks.of(manifest);
    } catch (RegistryException e) {
      problem =
          "%s The map shows the embeddings as the job published them, of mixed versions."
              .formatted(e.getMessage());
      addAsPublished(manifest, images);
      return;
    }
    problem = null;
    List<LabeledImage> fitting =
        images.stream()
            .filter(image -> image.image().shape().equals(network.spec().input()))
            .toList();
    Double recall = heldOut.isEmpty() ? null : (Double) heldOut.of(network);
    Double galleryRecall =
        show(manifest, fitting, network.embed(fitting.stream().map(LabeledImage::image).toList()));
    state.measured(manifest, recall, galleryRecall);
  }

  private void addAsPublished(ModelManifest manifest, List<LabeledImage> images) {
    List<LabeledImage> known =
        images.stream()
            .filter(
                image ->
                    published
                        .get(image.id())
                        .filter(message -> message.vector().length == manifest.embeddingSize())
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
    if (images.size() < FEWEST_IMAGES) {
      return null;
    }
    MapFrame frame =
        MapFrame.after(
            frames.newest().orElse(null),
            manifest.version(),
            manifest.createdAt(),
            images,
            embeddings);
    frames.add(frame);
    Confusions confused = new Confusions(frame);
    confusions = confused.most(CONFUSIONS_SHOWN);
    return confused.recallAt1();
  }

  /** Waits for what is being worked on, and lets go of the networks. */
  @Override
  public void close() {
    closing = true;
    questions.getQueue().clear();
    Future<?> closed = questions.submit(networks::close);
    questions.shutdown();
    try {
      closed.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The networks of the page were not closed.", e);
    }
  }
}
