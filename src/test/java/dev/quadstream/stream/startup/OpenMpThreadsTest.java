package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenMpThreadsTest {

  private static final String SLOTS = "taskmanager.numberOfTaskSlots = 2";

  @ParameterizedTest
  @CsvSource({"1, 2, 2", "2, 2, 4", "4, 1, 4", "1, 8, 2"})
  void threadsThatEachHaveACoreOrAreOneATrainerAreLetPass(int threads, int trainers, int cores) {
    assertThat(OpenMpThreads.each(set(threads), trainers, SLOTS, cores)).isEqualTo(threads);
  }

  @Test
  void moreThanTheCoresAreRefusedWithTheNumberThatFits() {
    assertThatThrownBy(() -> OpenMpThreads.each(set(4), 2, SLOTS, 6))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll("OMP_NUM_THREADS = 4", SLOTS, "6 cores", "Set it to 3");
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 2", "2, 2, 1", "3, 8, 2", "64, 2, 1"})
  void whatNobodySetFits(int trainers, int cores, int each) {
    assertThat(OpenMpThreads.each(Map.of(), trainers, SLOTS, cores)).isEqualTo(each);
    assertThat(OpenMpThreads.each(Map.of("OMP_NUM_THREADS", ""), trainers, SLOTS, cores))
        .isEqualTo(each);
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "0", "-1", "1.5", "3,1", " 1", "1000", "9999", "99999999999"})
  void whatTheNativesCannotTakeIsRefused(String value) {
    Map<String, String> environment = Map.of("OMP_NUM_THREADS", value);

    assertThatThrownBy(() -> OpenMpThreads.requireValid(environment))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("OMP_NUM_THREADS='" + value + "'");
    assertThatThrownBy(() -> OpenMpThreads.each(environment, 1, SLOTS, 100_000))
        .isInstanceOf(StartRefusedException.class);
  }

  private static Map<String, String> set(int threads) {
    return Map.of("OMP_NUM_THREADS", Integer.toString(threads));
  }
}
