package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.training.TestingReports;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void reportsFit() throws Exception {
    TestingSchemas.assertFits("report", JsonMessages.write(TestingReports.report(0, 7)));
    TestingSchemas.assertFits(
        "report", JsonMessages.write(TestingReports.report(1, 8, 1, "alone", List.of("cat/1"))));
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

  @Test
  void imagesFit() throws Exception {
    TestingSchemas.assertFits(
        "image", "{\"id\": 7, \"label\": \"cat\", \"image\": \"iVBORw0KGgo=\"}".getBytes(UTF_8));
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
        "match | {\"id\": \"a\", \"verdict\": \"maybe\"}"
      })
  void whatIsNoneIsRefused(String schema, String message) throws Exception {
    assertThat(TestingSchemas.isRefused(schema, message)).isTrue();
  }
}
