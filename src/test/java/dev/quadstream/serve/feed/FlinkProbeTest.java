package dev.quadstream.serve.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.serve.state.RunState;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class FlinkProbeTest {

  @Test
  void aFlinkThatIsSilentIsAFaultUntilItHasBeenEndedOnPurpose() throws Exception {
    RunState state = new RunState("icons");
    FlinkProbe probe;
    try (ServerSocket free = new ServerSocket(0)) {
      probe = new FlinkProbe(URI.create("http://localhost:" + free.getLocalPort()), state.health());
    }

    probe.ask();
    assertThat(reason(state)).contains("Flink at http://localhost:", "does not answer");

    probe.end();
    probe.ask();
    assertThat(reason(state)).contains("waiting for the first report");
  }

  private static String reason(RunState state) {
    return state.status(0, state.shown(null)).reason();
  }
}
