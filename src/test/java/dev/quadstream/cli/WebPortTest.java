package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class WebPortTest {

  @Test
  void anotherPortMayBeTakenWhereNoneWasAskedFor() {
    assertThat(WebPort.preferred()).isEqualTo("8081,0");
    assertThat(WebPort.orAny(9000)).isEqualTo("9000,0");
    assertThat(WebPort.orAny(0)).isEqualTo("0");
  }

  @Test
  void aPortThatIsAskedForIsTheOneOrAnError() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = other.getLocalPort();
      assertThatThrownBy(() -> WebPort.required(taken))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining(Integer.toString(taken))
          .hasMessageContaining("--web-port");
    }
    assertThat(WebPort.required(0)).isEqualTo("0");
    assertThatThrownBy(() -> WebPort.required(70_000)).hasMessageContaining("70000");
    assertThatThrownBy(() -> WebPort.orAny(-1)).hasMessageContaining("-1");
  }
}
