package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.Sighting;
import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as a pair in a re-identification set. */
class EvaluationTest {

  private static final long SEED = 1;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final QuadrupletNetwork network =
      QuadrupletNetwork.create(PipelineSettings.of(new Configuration()).network());

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void distractorsAreNoPairsOfOnePerson() {
    EvaluationSet persons = persons();
    List<EvaluationImage> withDistractors = new ArrayList<>(persons.entries());
    for (int i = 0; i < 20; i++) {
      withDistractors.add(image("0000", new Sighting("c" + i, null, true)));
    }

    assertThat(evaluation(new EvaluationSet(withDistractors)).learnedDistances())
        .isEqualTo(evaluation(persons).learnedDistances());
  }

  @Test
  void pairsOfOneCameraDoNotCountAsInTheRankings() {
    EvaluationSet persons = persons();
    Evaluation evaluation = evaluation(persons);

    assertThat(evaluation.learnedDistances())
        .isEqualTo(
            ClassDistances.sample(
                persons.embeddings(network, network.embed(persons.contents()), new HashMap<>()),
                network.metric(),
                2_000,
                Bootstrap.seeded(network.spec().seed()),
                network.spec().seed()));
    assertThat(evaluation.openSet(1).genuine())
        .as("probes of which another camera's image is enrolled")
        .isEqualTo(4);
  }

  /** Eight persons, each seen by one camera and twice by another. */
  private EvaluationSet persons() {
    List<EvaluationImage> images = new ArrayList<>();
    for (int person = 0; person < 8; person++) {
      for (String camera : List.of("a", "b", "b")) {
        images.add(image("person-" + person, new Sighting(camera, null, false)));
      }
    }
    return new EvaluationSet(images);
  }

  private Evaluation evaluation(EvaluationSet set) {
    return new Evaluation(
        network, set, (retrieval, vectors) -> retrieval.scoreLeaveOneOut(vectors.apply(set)));
  }

  private EvaluationImage image(String label, Sighting sighting) {
    byte[] pixels = new byte[32 * 32];
    random.nextBytes(pixels);
    PixelImage image = new PixelImage(new ImageShape(1, 32, 32), pixels);
    return new EvaluationImage("i" + random.nextLong(), image, image, label, sighting, "digest");
  }
}
