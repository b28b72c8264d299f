package dev.quadstream.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/**
 * Heeds Ctrl-C at any moment, with exit code 130.
 *
 * <p>A command that has something to leave in order says so, and from then on the first signal
 * tells it, to stop what it does, with a savepoint or a summary; the second ends the process at
 * once, and so does the first one of every other command. A shutdown hook would not do: Flink's own
 * hooks run at the same time and delete what a savepoint needs.
 */
final class Interruption {

  private Interruption() {}

  /** From here on SIGINT and SIGTERM end the process. */
  static void atOnce() {
    onSignals(
        () -> {
          System.err.println("Interrupted.");
          Runtime.getRuntime().exit(ExitCode.INTERRUPTED);
        });
  }

  /**
   * From here on the second SIGINT or SIGTERM ends the process.
   *
   * @return whether there was a first one, for a command that looks
   */
  static AtomicBoolean onSignals() {
    return onSignals(() -> {});
  }

  /** From here on the first SIGINT or SIGTERM interrupts that thread. */
  static AtomicBoolean onSignals(Thread command) {
    return onSignals(command::interrupt);
  }

  /**
   * From here on the first SIGINT or SIGTERM does this.
   *
   * @return whether there was one; a thread's own flag is reset by Java's fonts while they read
   */
  static AtomicBoolean onSignals(Runnable first) {
    AtomicBoolean interrupted = new AtomicBoolean();
    Runnable action =
        () -> {
          if (interrupted.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
          }
          first.run();
        };
    handle("INT", action);
    handle("TERM", action);
    return interrupted;
  }

  // By reflection, because javac warns of any direct use and offers no way to accept it.
  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              Interruption.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                action.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
    } catch (ReflectiveOperationException e) {
      // No constant: commands that have nothing to log would wait for the logging to start.
      LoggerFactory.getLogger(Interruption.class)
          .warn("This Java cannot catch SIG{}: it ends the process at once.", name, e);
    }
  }
}
