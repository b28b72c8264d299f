package dev.quadstream.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LastingWorkTest {

  @Test
  void whateverItThrowsIsToldAndItIsDoneAgain() {
    List<String> told = new CopyOnWriteArrayList<>();
    AtomicInteger times = new AtomicInteger();
    Runnable work =
        () -> {
          switch (times.incrementAndGet()) {
            case 1 -> throw new OutOfMemoryError("heap");
            case 2 -> throw new IllegalStateException("a bug");
            case 3 -> throw new NoClassDefFoundError("a library");
            default -> {}
          }
        };
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    try {
      var unused =
          scheduler.scheduleWithFixedDelay(
              new LastingWork(
                  work, failure -> told.add(failure == null ? "well" : failure.getMessage())),
              0,
              1,
              TimeUnit.MILLISECONDS);
      await().until(() -> told.size() > 3);
    } finally {
      scheduler.shutdownNow();
    }

    assertThat(told).startsWith("heap", "a bug", "a library", "well");
  }
}
