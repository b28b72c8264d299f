package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.operator.BatchEmbedder.Embedded;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchEmbedderTest {

  @Test
  void embedsAsTheNetworkDidWhateverBecomesOfItMeanwhile() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    List<LabeledImage> images = TestingTrainer.batches(settings, 1).get(0).images();
    List<PixelImage> pixels = images.stream().map(LabeledImage::image).toList();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings.network());
        BatchEmbedder embedder = new BatchEmbedder(settings.network(), "embedder of a test")) {
      float[][] before = network.embed(pixels);

      CompletableFuture<Embedded> first = embedder.embed(network, images);
      network.setParameters(new double[(int) network.parameterCount()]);
      assertThat(first.get(1, TimeUnit.MINUTES).embeddings()).isDeepEqualTo(before);

      CompletableFuture<Embedded> second = embedder.embed(network, images);
      assertThat(second.get(1, TimeUnit.MINUTES).embeddings()).isDeepEqualTo(network.embed(pixels));
    }
  }

  @Test
  void itsThreadEndsWithIt() throws Exception {
    BatchEmbedder embedder =
        new BatchEmbedder(TestingPipeline.settings().network(), "embedder that ends");
    Thread thread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(other -> other.getName().equals("embedder that ends"))
            .findFirst()
            .orElseThrow();

    embedder.close();

    thread.join(TimeUnit.MINUTES.toMillis(1));
    assertThat(thread.isAlive()).isFalse();
  }
}
