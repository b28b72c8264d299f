package dev.quadstream.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The records of the releases topic, as their readers know them. */
class ReleaseTest {

  private static final String POINTER =
      """
      {"name":"icons","run":"run-7","version":64,"file":"icons/run-7/x.qsm",\
      "sha256":"abc","bytes":4,"time":1700000000000,"asOf":128,\
      "decision":{"live":64,"previous":32,"policy":"gate","verdict":"released","held":false,\
      "quarantined":[48]}}""";

  private static final String COMMAND =
      """
      {"id":"0af3","name":"icons","run":"run-7","action":"ROLLBACK","version":32,\
      "sha256":"abc","time":1700000000000,"asOf":96}""";

  @Test
  void aPointerNamesTheLiveModelAndItsFile() {
    Release release =
        new Release(
            new ModelManifest.Identity("icons", "run-7", 64),
            new ModelManifest.File("icons/run-7/x.qsm", "abc", 4),
            1_700_000_000_000L,
            128,
            new ReleaseDecision(64, 32L, "gate", "released", false, List.of(48L), null));

    assertThat(new String(JsonMessages.write(release), UTF_8)).isEqualTo(POINTER);
    assertThat(JsonMessages.read(POINTER.getBytes(UTF_8), Release.class)).isEqualTo(release);
  }

  @Test
  void aCommandHasAKeyOfItsOwn() {
    ReleaseCommand command =
        new ReleaseCommand(
            "0af3",
            "icons",
            "run-7",
            ReleaseCommand.Action.ROLLBACK,
            32L,
            "abc",
            1_700_000_000_000L,
            96);

    assertThat(new String(JsonMessages.write(command), UTF_8)).isEqualTo(COMMAND);
    assertThat(JsonMessages.read(COMMAND.getBytes(UTF_8), ReleaseCommand.class)).isEqualTo(command);
    assertThat(command.key()).isEqualTo("icons/commands/0af3");
    assertThat(ReleaseCommand.isKey(command.key(), "icons")).isTrue();
    assertThat(ReleaseCommand.isKey("icons", "icons")).isFalse();
    assertThat(ReleaseCommand.isKey(command.key(), "icon")).isFalse();
  }

  @Test
  void aCommandThatNamesNoRunOrAnUnknownActionIsNone() {
    assertThatThrownBy(() -> command(COMMAND.replace("\"run\":\"run-7\",", "")))
        .isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> command(COMMAND.replace("ROLLBACK", "RETRAIN")))
        .isInstanceOf(MalformedMessageException.class);
  }

  private static ReleaseCommand command(String json) {
    return JsonMessages.read(json.getBytes(UTF_8), ReleaseCommand.class);
  }
}
