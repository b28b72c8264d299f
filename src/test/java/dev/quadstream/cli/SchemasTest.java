package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.TestingReports;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records as our own writers make them; {@link TutorialIT} holds those of a real run to it. */
class SchemasTest {

  private static final ReleaseDecision DECISION =
      new ReleaseDecision(
          64,
          32L,
          "gate",
          "released",
          false,
          List.of(16L),
          new ReleaseDecision.Evidence(
              96,
              64,
              new ReleaseDecision.Counts(100, 5, 2),
              new ReleaseDecision.Counts(40, 1, 1),
              0.5));

  @Test
  void embeddingsFit() throws Exception {
    TestingSchemas.assertFits(
        "embedding",
        new EmbeddingMessage("run-1", "cat/1", "cat", 3, 3L, 2, new float[] {0.6f, 0.8f}).toJson());
  }

  @Test
  void anAnswerToAQuestionBeforeTheFirstWindowAndAMappedEmbeddingFit() throws Exception {
    float[] vector = {0.6f, 0.8f};
    TestingSchemas.assertFits(
        "embedding", new EmbeddingMessage("run-1", "cup-17", null, 0, 0L, -1, vector).toJson());
    TestingSchemas.assertFits(
        "embedding", new EmbeddingMessage("run-1", "a", "cat", 3, 2L, true, -1, vector).toJson());
    TestingSchemas.assertFits(
        "embedding", new EmbeddingMessage(null, "a", "cat", 3, null, 2, vector).toJson());
  }

  @Test
  void reportsFit() throws Exception {
    TestingSchemas.assertFits("report", JsonMessages.write(TestingReports.report(0, 7)));
    TestingSchemas.assertFits(
        "report", JsonMessages.write(TestingReports.report(1, 8, 1, "alone", List.of("cat/1"))));
  }

  @Test
  void aReportWithAllThatOneCanHaveFits() throws Exception {
    HardQuadruplet hard =
        new HardQuadruplet(
            new HardQuadruplet.Images("a", "b", "c", null),
            new HardQuadruplet.Labels("cat", "cup", null),
            new HardQuadruplet.Distances(0.9, 0.1, null),
            Double.NaN);
    TestingSchemas.assertFits(
        "report",
        JsonMessages.write(
            TestingReports.with(
                TestingReports.report(0, 7, hard),
                PartitionLedger.of(0),
                new PartitionLedger(1, 41, 42, 30, 2, 1, 1, 5, 3))));
  }

  @Test
  void manifestsFit() throws Exception {
    String sha256 = "0a".repeat(32);
    TestingSchemas.assertFits(
        "manifest",
        JsonMessages.write(
            new ModelManifest(
                1,
                new ModelManifest.Identity("icons", "run-1", 64),
                64,
                new ModelManifest.File("icons/run-1/64.qsm", sha256, 4),
                1,
                new ModelManifest.Network("abc", "adapter", "learned", 128, "3x224x224", sha256),
                new ModelManifest.Margins(0.4, Double.NaN),
                Map.of("loss", Double.NaN),
                DECISION,
                "0b".repeat(16))));
  }

  @Test
  void releasesAndCommandsFit() throws Exception {
    ModelManifest.Identity model = new ModelManifest.Identity("icons", "run-1", 64);
    TestingSchemas.assertFits(
        "release",
        JsonMessages.write(
            new Release(model, new ModelManifest.File("x.qsm", "abc", 4), 1, 96, DECISION)));
    TestingSchemas.assertFits(
        "release",
        JsonMessages.write(
            new ReleaseCommand(
                "1", "icons", "run-1", ReleaseCommand.Action.ROLLBACK, 32L, "abc", 1, 96)));
  }

  @Test
  void answersFit() throws Exception {
    TestingSchemas.assertFits(
        "match",
        JsonMessages.write(
            new MatchMessage(
                "cup-17",
                "known",
                "cup",
                List.of(
                    new MatchMessage.Candidate("cup-3", "cup", 0.98f, 0.1f),
                    new MatchMessage.Candidate("cup-4", null, 0.97f, null)),
                0.9,
                0.01,
                "run-1",
                64,
                2_000)));
    TestingSchemas.assertFits(
        "match",
        JsonMessages.write(
            new MatchMessage("cup-17", "unsure", null, List.of(), null, 0.01, "run-1", 64, 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\": 7, \"label\": \"cat\", \"image\": \"iVBORw0KGgo=\"}",
        "{\"id\": null, \"label\": null, \"image\": \"iVBORw0KGgo=\"}",
        "{\"id\": true, \"label\": false, \"image\": \"0x89504e47\"}",
        "{\"label\": 7.0, \"image\": [137, 80, 78, 71]}",
        "{\"image\": [-119, 80, 78, 71]}",
        "{\"image\": {\"type\": \"Buffer\", \"data\": [137, 80, 78, 71]}}"
      })
  void imagesAsTheJobTakesThemFit(String image) throws Exception {
    TestingSchemas.assertFits("image", image.getBytes(UTF_8));

    ImageRecordParser parser =
        new ImageRecordParser(
            1_000, new CaptureTime(Duration.ofDays(1)), ImageRecordParser.Unlabelled.QUESTION);
    assertThat(
            parser.parse(
                new SourceRecord(
                    "images", 0, 0, 1, "key".getBytes(UTF_8), image.getBytes(UTF_8), List.of())))
        .isInstanceOf(ImageReceived.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "embedding | {\"id\": \"a\", \"label\": \"b\", \"modelVersion\": 1, \"window\": 0, \"vector\": []}",
        "embedding | {\"id\": \"a\", \"label\": \"b\", \"modelVersion\": 1, \"window\": 0}",
        "report | {\"window\": -1}",
        "manifest | {\"name\": \"a\"}",
        "release | {\"name\": \"a\", \"run\": \"b\", \"id\": \"c\", \"action\": \"DELETE\", \"time\": 1}",
        "image | {\"image\": 7}",
        "image | {\"image\": []}",
        "image | {\"image\": [256]}",
        "image | {\"image\": {\"data\": [137]}}",
        "image | {\"image\": null}",
        "match | {\"id\": \"a\", \"verdict\": \"maybe\"}"
      })
  void whatIsNoneIsRefused(String schema, String message) throws Exception {
    assertThat(TestingSchemas.isRefused(schema, message)).isTrue();
  }
}
