package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Kafka broker is killed in mid-stream and comes back on the same port with its data. */
@ExtendWith(TestingProcesses.Shared.class)
class BrokerCrashIT {

  private static final long SEED = 12;
  private static final int WINDOWS = 30;

  /** Seconds without a broker, beside those that it takes to start. */
  private static final int AWAY = Integer.getInteger("chaos.broker-away", 0);

  @Test
  void aRunWhoseBrokerIsKilledAndComesBackArrivesAtTheBitsOfOneThatNeverLostIt(
      TestingProcesses processes) throws Exception {
    try (TestingRun run = new TestingRun(processes, "broker", SEED, 1, Map.of())) {
      run.sendWindows(2 * WINDOWS);
      run.start();
      run.awaitTrained(WINDOWS / 2);

      processes.killBroker();
      stayAway();
      processes.restartBroker();

      run.sendWindows(WINDOWS);
      run.awaitTrained(run.sentWindows());
      assertThat(RunOutcome.of(run, 1, run.drain()))
          .as("seed %d", SEED)
          .isEqualTo(RunOutcome.flawless(1, 3 * WINDOWS));
    }
  }

  private static void stayAway() {
    await()
        .pollDelay(AWAY, TimeUnit.SECONDS)
        .atMost(Duration.ofSeconds(AWAY + 60))
        .until(() -> true);
  }
}
