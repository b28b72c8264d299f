package dev.quadstream.serve.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.backbone.TestingBackbone;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.search.ReRanking;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.http.RequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseNetworksTest {

  private static final ReleaseKey KEY = new ReleaseKey(TestingReleases.RUN, 16);

  @TempDir private java.nio.file.Path directory;
  private ModelRegistry registry;
  private ReleaseNetworks networks;
  private Release live;

  @BeforeEach
  void networks() {
    registry = new ModelRegistry(new Path(directory.toUri()));
    networks =
        new ReleaseNetworks(registry, TestingReleases.NETWORK, () -> Optional.ofNullable(live));
  }

  @AfterEach
  void close() {
    networks.close();
  }

  @Test
  void anImageThatIsSearchedForGoesThroughTheBackboneOfItsRelease() throws Exception {
    NetworkSpec spec = TestingBackbone.network();
    PixelImage image = TestingReleases.image(3);
    try (QuadrupletNetwork network = publish(spec)) {
      assertThat(networks.input(KEY)).isEqualTo(spec.input());
      float[] embedding = networks.embed(KEY, image);

      assertThat(embedding).containsExactly(network.embed(List.of(image))[0], within(1e-5f));
      float[] other = networks.embed(KEY, TestingReleases.image(4));
      assertThat(other).isNotEqualTo(embedding);
      float[] g =
          networks.distances(KEY, embedding, new float[][] {embedding, other}).orElseThrow();
      float[] ofTheModel =
          ReRanking.distances(
              network.metric(),
              new UnitEmbeddings(new float[][] {embedding}),
              0,
              new UnitEmbeddings(new float[][] {embedding, other}),
              new int[] {0, 1});
      assertThat(g).containsExactly(ofTheModel, within(1e-5f));
      assertThat(g[0]).isNotEqualTo(g[1]);
    }
    assertThatThrownBy(() -> networks.embed(KEY, TestingBackbone.BLACK))
        .isInstanceOfSatisfying(
            RequestException.class, refusal -> assertThat(refusal.status()).isEqualTo(422))
        .hasMessageContaining("backbone makes nothing of this image");
  }

  @Test
  void aVersionThatIsAnotherModelAfterGoingBackIsLoadedAnew() throws Exception {
    PixelImage image = TestingReleases.image(3);
    publish(spec(1)).close();
    float[] before = networks.embed(KEY, image);

    try (QuadrupletNetwork network = publish(spec(2))) {
      live =
          new Release(
              new ModelManifest.Identity(TestingReleases.NETWORK, KEY.run(), KEY.release()),
              ModelManifest.File.NONE,
              2,
              KEY.release(),
              new ReleaseDecision(KEY.release(), null, "gate", "released", false, List.of(), null));

      assertThat(networks.embed(KEY, image))
          .isNotEqualTo(before)
          .containsExactly(network.embed(List.of(image))[0], within(1e-5f));
    }
  }

  @Test
  void ofWhatNoModelCanTellThereIsNoG() {
    publish(spec(1)).close();
    assertThat(networks.distances(KEY, new float[16], new float[1][16])).isPresent();
    assertThat(networks.distances(KEY, new float[3], new float[1][3])).isEmpty();

    ReleaseKey none = new ReleaseKey("a b", 1);
    assertThat(networks.distances(none, new float[16], new float[1][16])).isEmpty();
    assertThatThrownBy(() -> networks.embed(none, TestingReleases.image(3)))
        .isInstanceOf(RequestException.class)
        .hasMessageContainingAll("ids and vectors", "unlike 'a b'");
  }

  @Test
  void aModelThatDoesNotFitIntoMemoryIsNotAtHand() {
    try (ReleaseNetworks full =
        new ReleaseNetworks(
            registry,
            TestingReleases.NETWORK,
            () -> {
              throw new OutOfMemoryError("Physical memory usage is too high");
            })) {
      assertThat(full.distances(KEY, new float[16], new float[1][16])).isEmpty();
      assertThatThrownBy(() -> full.embed(KEY, TestingReleases.image(3)))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("memory: Physical");
    }
  }

  private static NetworkSpec spec(long seed) {
    try (QuadrupletNetwork network = TestingReleases.network(seed)) {
      return network.spec();
    }
  }

  @Test
  void behindABackboneThatIsNotLoadedIdsAndVectorsCanBeSearchedAndItIsNamed() {
    publish(TestingBackbone.networkBehindAnother()).close();

    assertThatThrownBy(() -> networks.embed(KEY, TestingReleases.image(3)))
        .isInstanceOfSatisfying(
            RequestException.class, refusal -> assertThat(refusal.status()).isEqualTo(409))
        .hasMessageContainingAll("ids and vectors", "ab".repeat(6), "network.backbone");
    assertThat(networks.distances(KEY, new float[16], new float[1][16])).isEmpty();
  }

  /** The caller closes the network. */
  private QuadrupletNetwork publish(NetworkSpec spec) {
    QuadrupletNetwork network = QuadrupletNetwork.create(spec);
    registry.publish(
        ModelManifest.draft(
            new ModelManifest.Identity(TestingReleases.NETWORK, KEY.run(), KEY.release()),
            0,
            1,
            new ModelManifest.Network(
                spec.configHash(), "adapter", "learned", 16, spec.input().toString(), null),
            new ModelManifest.Margins(0.5, 0.25),
            Map.of()),
        ModelFile.write(network, new ModelInfo(KEY.release(), 0.5, 0.25, Map.of())));
    return network;
  }
}
