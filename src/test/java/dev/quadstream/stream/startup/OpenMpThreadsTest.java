package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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
    assertThatCode(() -> OpenMpThreads.requireWithin(set(threads), trainers, SLOTS, cores))
        .doesNotThrowAnyException();
  }

  @Test
  void moreThanTheCoresAreRefusedWithTheNumberThatFits() {
    assertThatThrownBy(() -> OpenMpThreads.requireWithin(set(4), 2, SLOTS, 6))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll("OMP_NUM_THREADS = 4", SLOTS, "6 cores", "Set it to 3");
  }

  @Test
  void unsetItStandsForEveryCoreWhichTwoTrainersCannotBothHave() {
    assertThatThrownBy(() -> OpenMpThreads.requireWithin(Map.of(), 2, SLOTS, 2))
        .hasMessageContainingAll("OMP_NUM_THREADS = (not set", "Set it to 1");
    assertThatCode(() -> OpenMpThreads.requireWithin(Map.of(), 1, SLOTS, 2))
        .doesNotThrowAnyException();
  }

  @Test
  void theFirstOfAListCounts() {
    assertThat(OpenMpThreads.of(Map.of("OMP_NUM_THREADS", "3,1"), 8)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "0", "-1", "1.5"})
  void whatIsNoNumberOfThreadsIsRefused(String value) {
    assertThatThrownBy(() -> OpenMpThreads.of(Map.of("OMP_NUM_THREADS", value), 4))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("OMP_NUM_THREADS='" + value + "'");
  }

  private static Map<String, String> set(int threads) {
    return Map.of("OMP_NUM_THREADS", Integer.toString(threads));
  }
}
