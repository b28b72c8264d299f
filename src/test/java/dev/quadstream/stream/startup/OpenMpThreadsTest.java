package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenMpThreadsTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "64", "999"})
  void numbersOfThreadsAreLetPass(String value) {
    assertThatCode(() -> OpenMpThreads.requireValid(Map.of("OMP_NUM_THREADS", value)))
        .doesNotThrowAnyException();
  }

  @Test
  void nobodyHasToSetThem() {
    assertThatCode(() -> OpenMpThreads.requireValid(Map.of())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "0", "-1", "1.5", "3,1", " 1", "1000", "9999", "99999999999"})
  void whatTheNativesCannotTakeIsRefused(String value) {
    assertThatThrownBy(() -> OpenMpThreads.requireValid(Map.of("OMP_NUM_THREADS", value)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("OMP_NUM_THREADS='" + value + "'");
  }
}
