package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DecodingMemoryTest {

  private static final long MIB = 1 << 20;
  private static final int LONGEST_SECONDS = 60;

  @Test
  void noMoreIsHeldAtOnceThanThereIs() throws Exception {
    DecodingMemory memory = new DecodingMemory(10 * MIB);
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        int demand = 2 + i % 5;
        all.add(
            threads.submit(
                () ->
                    memory.with(
                        demand * MIB,
                        () -> {
                          most.accumulateAndGet(held.addAndGet(demand), Math::max);
                          Thread.yield();
                          return held.addAndGet(-demand);
                        })));
      }
      for (Future<Integer> each : all) {
        each.get(LONGEST_SECONDS, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most).hasValueBetween(6, 10);
    assertThat(held).hasValue(0);
  }

  @Test
  void smallDemandsDoNotWaitForLargeOnes() throws Exception {
    DecodingMemory memory = new DecodingMemory(10 * MIB);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch holds = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> large =
          thread.submit(
              () ->
                  memory.alone(
                      () -> {
                        holds.countDown();
                        return release.await(LONGEST_SECONDS, TimeUnit.SECONDS);
                      }));
      assertThat(holds.await(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();

      assertThat(memory.with(1_000, () -> "small")).isEqualTo("small");

      release.countDown();
      assertThat(large.get(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      thread.shutdownNow();
    }
  }

  /** What is lost to a full heap is not the image's fault; what asks for gigabytes is. */
  @Test
  void aGoodImageIsNotRefusedForAFullHeap() throws Exception {
    String output = TestingFullHeap.outputOf("64m", TestingFullHeap.class);

    assertThat(output.lines().map(String::strip))
        .as(output)
        .contains(
            "roomy: read as 3x32x32",
            "full: out of memory",
            "roomy again: read as 3x32x32",
            "greedy: refused as CORRUPT");
  }
}
