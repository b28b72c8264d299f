package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.search.ReRanking;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ReplicaTraining;
import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.Replica;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputDeserializer;

/** What {@link SecondLearnedHeadTest} asks of the metric that it adds. */
final class TestingSecondHead {

  static final String CONSTANT = "FUSED";

  private static final int IMAGES = 12;
  private static final int[] LEFT = {0, 1, 2, 5, 7};
  private static final int[] RIGHT = {3, 4, 9, 6, 7};

  private final NetworkSpec spec = TestingNetworks.spec(MetricKind.valueOf(CONSTANT));
  private final List<PixelImage> images = TestingNetworks.images(IMAGES, TestingNetworks.INPUT, 3);

  void itsChainsAreNamedAndCounted() {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      assertThat(spec.chainNames()).containsExactly("trunk", "early-stem", "early-pairs");
      assertThat(network.state().chains().stream().map(NetworkState.Chain::name))
          .containsExactlyElementsOf(spec.chainNames());
      assertThat(NativeDemand.of(spec).parameters()).isEqualTo(network.parameterCount());
    }
  }

  void inferenceAgreesWithTheTrainingPass() {
    try (QuadrupletNetwork network = trained()) {
      network.forward(images.stream().map(PixelImage::values).toArray(float[][]::new));
      double[] expected = network.pairForward(LEFT, RIGHT);
      float[] ofTheBatch = network.metric().distances(network.features(), LEFT, RIGHT);
      float[] inferred = distances(network);
      for (int pair = 0; pair < LEFT.length; pair++) {
        assertThat((double) ofTheBatch[pair]).isCloseTo(expected[pair], within(1e-5));
        assertThat((double) inferred[pair]).isCloseTo(expected[pair], within(1e-5));
      }
    }
  }

  void itSeesMoreThanTheEmbeddings() {
    try (QuadrupletNetwork network = trained()) {
      float[][] embeddings = network.embed(images);
      List<PixelImage> others = TestingNetworks.images(IMAGES, TestingNetworks.INPUT, 4);
      assertThat(network.metric().fusesLate()).isFalse();
      assertThat(network.metric().distances(network.features(others, embeddings), LEFT, RIGHT))
          .isNotEqualTo(
              network.metric().distances(network.features(images, embeddings), LEFT, RIGHT));
    }
  }

  void aModelFileBringsItBack() throws Exception {
    try (QuadrupletNetwork network = trained()) {
      byte[] file = ModelFile.write(network, new ModelInfo(1, 1, 0.5, Map.of()));
      try (QuadrupletNetwork read = TestingNetworks.read(file).network()) {
        assertThat(read.spec()).isEqualTo(spec);
        assertThat(distances(read)).isEqualTo(distances(network));
      }
    }
  }

  void aCheckpointBringsItBack() throws Exception {
    try (QuadrupletNetwork network = trained();
        QuadrupletNetwork other = QuadrupletNetwork.create(spec)) {
      TrainerState trainer =
          new TrainerState(
              1,
              network.state(),
              network.parametersAlone(),
              DistanceMeans.UNDEFINED,
              0,
              network.parametersAlone(),
              0,
              0,
              0,
              false);
      TypeInformation<ReplicaTraining> type = RecordFormats.typeOf(RecordFormats.REPLICA_TRAINING);
      byte[] written =
          TestingPipeline.bytes(new ReplicaTraining(spec, trainer, Replica.Progress.NONE), type);
      ReplicaTraining read =
          TestingPipeline.serializer(type).deserialize(new DataInputDeserializer(written));

      assertThat(read.spec()).isEqualTo(spec);
      assertThat(read.trainer()).isEqualTo(trainer);
      other.restore(read.trainer().network());
      assertThat(distances(other)).isEqualTo(distances(network));
    }
  }

  void evaluationReRanksByWhatItSees() {
    try (QuadrupletNetwork network = trained()) {
      float[][] embeddings = network.embed(images);
      ImageFeatures features = network.features(images, embeddings);
      List<String> labels = IntStream.range(0, IMAGES).mapToObj(row -> "c" + row % 3).toList();
      LabeledVectors set = LabeledVectors.of(embeddings, labels).seenAs(features);

      assertThat(
              Retrieval.reRanked(ReRanking.by(network.metric()))
                  .scoreLeaveOneOut(set)
                  .recallAt(IMAGES - 1))
          .isEqualTo(1);
      assertThat(
              ClassDistances.sample(set, network.metric(), IMAGES, Bootstrap.seeded(1), 1)
                  .intra()
                  .value())
          .isBetween(0.0, 1.0);
    }
  }

  void aRunIsConfiguredMinedAndTrainedWithIt() {
    List<String> flags =
        List.of(
            "network.metric=" + CONSTANT.toLowerCase(Locale.ROOT),
            "window.images=" + IMAGES,
            "training.warm-up-windows=1");
    PipelineSettings settings = new ConfigurationLoader(Map.of()).load(null, flags).settings();
    try (TrainingLoop loop = new TrainingLoop(settings.loop())) {
      NetworkState before = loop.trainer(0).network().state();
      List<WindowReport> reports = new ArrayList<>();
      List<PixelImage> stream = TestingNetworks.images(5 * IMAGES, settings.network().input(), 6);
      for (int i = 0; i < stream.size(); i++) {
        LabeledImage image = new LabeledImage("i" + i, "c" + i % 4, i, stream.get(i));
        loop.accept(image).ifPresent(reports::add);
      }
      NetworkState after = loop.trainer(0).network().state();

      assertThat(reports)
          .hasSize(5)
          .extracting(report -> report.health().reason())
          .containsOnlyNulls();
      for (NetworkState.Chain chain : before.chains()) {
        assertThat(after.parameters(chain.name())).isNotEqualTo(chain.parameters());
      }
    }
  }

  private float[] distances(QuadrupletNetwork network) {
    return network.metric().distances(network.features(images, network.embed(images)), LEFT, RIGHT);
  }

  private QuadrupletNetwork trained() {
    QuadrupletNetwork network = QuadrupletNetwork.create(spec);
    TestingNetworks.train(network, TestingNetworks.values(6, TestingNetworks.INPUT.size(), 1));
    return network;
  }
}
