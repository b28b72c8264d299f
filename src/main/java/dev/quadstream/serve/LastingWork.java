package dev.quadstream.serve;

import java.util.function.Consumer;

/**
 * Work that a scheduler repeats, which it would no longer do once the work has thrown anything,
 * without a word.
 *
 * @param work to be done again and again
 * @param failures is told what it threw, an error too, and null each time that all was well
 */
public record LastingWork(Runnable work, Consumer<Throwable> failures) implements Runnable {

  @Override
  public void run() {
    try {
      work.run();
      failures.accept(null);
    } catch (RuntimeException | Error e) {
      failures.accept(e);
    }
  }
}
