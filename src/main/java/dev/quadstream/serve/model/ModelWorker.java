package dev.quadstream.serve.model;

import dev.quadstream.evaluation.HeldOutRecall;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.serve.DaemonThreads;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.state.ClassArrivals;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.NeighbourList.Answer;
import dev.quadstream.serve.state.PublishedEmbeddings;
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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs networks: it embeds the gallery with each model that is published,
 * measures it, and answers who is near to whom.
 *
 * <p>It rests twenty times as long as it works, so that it takes less than a twentieth of a machine
 * that trains, too, and longer while nobody looks, before its first work, too: models that are
 * published faster are skipped, questions of people come first.
 */
public final class ModelWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelWorker.class);

  private static final int REST_FACTOR = 20;
  private static final int WAITING_QUESTIONS = 8;
  private static final long ANSWER_SECONDS = 20;
  private static final long SHORTEST_REST_MILLIS = 2_000;

  /** On a machine that is busy with other things, work takes longer and the rest would too. */
  private static final long LONGEST_REST_MILLIS = 15_000;

  /** Whoever comes later still finds how the models became better. */
  private static final long UNWATCHED_REST_MILLIS = 30_000;

  /**
   * What the page has gathered of the stream.
   *
   * @param galleryIsFilled whether the gallery is of the whole stream so far: what is drawn of a
   *     few images would stay until the next model, which may be long
   * @param imageProblem why images are lacking; null where none are
   */
  public record Gathered(
      Gallery gallery,
      BooleanSupplier galleryIsFilled,
      Supplier<String> imageProblem,
      ClassArrivals arrivals,
      PublishedEmbeddings published) {}

  private final LoadedNetworks networks;
  private final NeighbourSearch search;
  private final BooleanSupplier galleryIsFilled;
  private final BooleanSupplier isWatched;
  private final Supplier<List<LabeledImage>> heldOutImages;
  private final ModelMap map;
  private final ThreadPoolExecutor questions;
  private volatile boolean closing;
  private long restsSince = System.currentTimeMillis();
  private long rest;
  private HeldOutRecall heldOut;
  private Double rawPixelRecall;

  /**
   * A worker that has not started.
   *
   * @param isWatched whether anybody looks at the page
   * @param heldOut images to measure each model on, asked for with the first; empty for none
   */
  public ModelWorker(
      ModelsState models,
      Gathered gathered,
      BooleanSupplier isWatched,
      ModelRegistry registry,
      Supplier<List<LabeledImage>> heldOut) {
    this.galleryIsFilled = gathered.galleryIsFilled();
    this.isWatched = isWatched;
    this.heldOutImages = heldOut;
    this.networks = new LoadedNetworks(registry);
    this.search = new NeighbourSearch(models, networks);
    this.map =
        new ModelMap(
            models,
            new ModelMap.Tools(gathered, registry, networks, this::heldOut, this::rawPixelRecall));
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
  public void wakeUp() {
    if (questions.getQueue().isEmpty()) {
      try {
        questions.execute(this::work);
      } catch (RejectedExecutionException e) {
        LOG.debug("The model thread is busy or closed.", e);
      }
    }
  }

  /** The neighbours of an image of the gallery under a model. */
  public Answer neighbours(long version, String id) throws RequestException {
    return ask(() -> search.of(version, id));
  }

  /** The neighbours of an image of one's own. */
  public Answer neighbours(long version, PixelImage image) throws RequestException {
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

  /** One model at most. */
  private void work() {
    update();
    map.publish();
  }

  private void update() {
    long start = System.currentTimeMillis();
    if (closing || isResting(start) || !galleryIsFilled.getAsBoolean()) {
      return;
    }
    long longEnough = SHORTEST_REST_MILLIS;
    try {
      if (!map.work()) {
        return;
      }
      longEnough = Math.max(longEnough, REST_FACTOR * (System.currentTimeMillis() - start));
    } catch (RegistryException | ModelFormatException e) {
      map.problem(e.getMessage());
      LOG.warn("The map stays as it is: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      map.problem("The map could not be drawn: " + e);
      longEnough = LONGEST_REST_MILLIS;
      LOG.warn("The map could not be drawn.", e);
    }
    restsSince = System.currentTimeMillis();
    rest = Math.min(LONGEST_REST_MILLIS, longEnough);
  }

  private boolean isResting(long now) {
    return now < restsSince + (isWatched.getAsBoolean() ? rest : UNWATCHED_REST_MILLIS);
  }

  private HeldOutRecall heldOut() {
    if (heldOut == null) {
      heldOut = new HeldOutRecall(heldOutImages.get());
    }
    return heldOut;
  }

  /** The same for every model, so worked out once. */
  private double rawPixelRecall() {
    if (rawPixelRecall == null) {
      rawPixelRecall = heldOut().ofRawPixels();
    }
    return rawPixelRecall;
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
