package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortsTest {

  @Test
  void noPortIsFoundTwiceAndNoneIsOneThatTheSystemLends() {
    List<Integer> ports = IntStream.range(0, 100).mapToObj(i -> FreePorts.any()).toList();

    assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port >= 20_000 && port < 32_768);
  }

  @Test
  void aPortIsFreeUntilSomebodyListensOnIt() throws Exception {
    int port = FreePorts.any();
    assertThat(FreePorts.isFree(port)).isTrue();

    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(other.isBound()).isTrue();
      assertThat(FreePorts.isFree(port)).isFalse();
    }
  }
}
