package dev.quadstream.stream.operator;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Embeds the batch that was trained on while the next one is trained on: in a thread of its own, by
 * a network of its own, which takes the parameters over first. One batch at a time.
 */
final class BatchEmbedder implements AutoCloseable {

  private final QuadrupletNetwork network;
  private final ExecutorService thread;

  /**
   * An embedder for networks of a specification.
   *
   * @param name of its thread
   */
  BatchEmbedder(NetworkSpec spec, String name) {
    this.network = QuadrupletNetwork.create(spec);
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = new Thread(work, name);
              made.setDaemon(true);
              return made;
            });
    thread.execute(() -> NativeThreads.share(TrainOperator.SHARES));
  }

  /**
   * The embeddings of a batch.
   *
   * @param embeddings one row an image, unit length
   * @param nanos that it took
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Embedded(float[][] embeddings, long nanos) {}

  /**
   * Embeds images as a network would now, whatever becomes of it afterwards. To be called once the
   * batch before is done.
   */
  CompletableFuture<Embedded> embed(QuadrupletNetwork trained, List<LabeledImage> images) {
    network.copyTrunkOf(trained);
    List<PixelImage> pixels = images.stream().map(LabeledImage::image).toList();
    return CompletableFuture.supplyAsync(
        () -> {
          long start = System.nanoTime();
          float[][] embeddings = network.embed(pixels);
          return new Embedded(embeddings, System.nanoTime() - start);
        },
        thread);
  }

  /** Lets thread and network go, once a batch that is being embedded is done. */
  @Override
  public void close() {
    thread.execute(network::close);
    thread.shutdown();
  }
}
