package dev.quadstream.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelManifestTest {

  /** As readers of topic and registry know it: fields may be added, and none changes. */
  private static final String JSON =
      """
      {"formatVersion":1,"name":"icons","run":"run-7","version":40,"window":39,\
      "file":"icons/run-7/x.qsm","sha256":"abc","bytes":4,"createdAt":1700000000000,\
      "configHash":"0123","trunk":"small","metric":"learned","embeddingSize":8,\
      "input":"1x28x30","alpha1":0.5,"alpha2":null,"metrics":{"loss":0.75}}""";

  private static final ModelManifest MANIFEST =
      ModelManifest.draft(
              new ModelManifest.Identity("icons", "run-7", 40),
              39,
              1_700_000_000_000L,
              new ModelManifest.Network("0123", "small", "learned", 8, "1x28x30", null),
              new ModelManifest.Margins(0.5, Double.NaN),
              Map.of("loss", 0.75))
          .of(new ModelManifest.File("icons/run-7/x.qsm", "abc", 4));

  @Test
  void theFieldsOfAllPartsLieSideBySide() {
    assertThat(new String(JsonMessages.write(MANIFEST), UTF_8)).isEqualTo(JSON);
    assertThat(JsonMessages.read(JSON.getBytes(UTF_8), ModelManifest.class)).isEqualTo(MANIFEST);
  }

  /** Which version is live as of this one. */
  @Test
  void carriesTheDecisionOnTheRelease() {
    String json =
        JSON.substring(0, JSON.length() - 1)
            + """
            ,"release":{"live":32,"previous":0,"policy":"gate","verdict":"waiting","held":false,\
            "quarantined":[],"evidence":{"candidate":36,"against":32,\
            "all":{"tested":200,"gained":12,"lost":7},\
            "longKnown":{"tested":90,"gained":3,"lost":4},"harm":1.25}}}""";
    ReleaseDecision decision =
        new ReleaseDecision(
            32,
            0L,
            "gate",
            "waiting",
            false,
            List.of(),
            new ReleaseDecision.Evidence(
                36,
                32,
                new ReleaseDecision.Counts(200, 12, 7),
                new ReleaseDecision.Counts(90, 3, 4),
                1.25));

    assertThat(read(json).release()).isEqualTo(decision);
    assertThat(new String(JsonMessages.write(read(json)), UTF_8)).isEqualTo(json);
  }

  @Test
  void aModelIsNamedWhollyOrNotAtAll() {
    assertThatThrownBy(() -> read(JSON.replace("\"run\":\"run-7\",", "")))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("'null'");
    assertThatThrownBy(() -> read(JSON.replace("\"version\":40", "\"version\":-1")))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("version -1");
  }

  /** From when a run trained several models. */
  @Test
  void anEarlierManifestWithItsShardIsRead() {
    assertThat(read(JSON.replace("\"version\":40", "\"shard\":0,\"version\":40")))
        .isEqualTo(MANIFEST);
  }

  private static ModelManifest read(String json) {
    return JsonMessages.read(json.getBytes(UTF_8), ModelManifest.class);
  }
}
