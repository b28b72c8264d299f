package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessLimitTest {

  private static final long GIB = 1L << 30;

  @Test
  void theLimitLeavesRoomBesideHeapAndArraysHoweverLargeTheHeapIs() {
    for (long heap : new long[] {GIB / 4, GIB, 6 * GIB, 40 * GIB}) {
      assertThat(ProcessLimit.bytes(heap, "1500m").orElseThrow() - heap).isEqualTo(3_100L << 20);
      assertThat(ProcessLimit.bytes(heap, null).orElseThrow()).isGreaterThan(2 * heap);
    }
  }

  @Test
  void whatOnlyJavaCppReadsIsLeftToIt() {
    assertThat(ProcessLimit.bytes(GIB, "50%")).isEmpty();
  }

  /** A limit in there would hold whatever -Xmx its user sets. */
  @Test
  void theStartScriptSetsNone() throws Exception {
    assertThat(Files.readString(Path.of("bin/quadstream")))
        .contains("-Xmx1g")
        .doesNotContain("maxphysicalbytes");
  }
}
