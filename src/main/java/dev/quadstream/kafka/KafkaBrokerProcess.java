package dev.quadstream.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link KafkaBroker} in a JVM of its own, with this program's Java and class path.
 *
 * <p>It dies with its parent, however that ends: the child watches its standard input and stops at
 * the end of it. It ignores SIGINT and SIGTERM, which a terminal and a service manager send to
 * parent and child alike, so that the parent can still finish its work with the broker.
 * Thread-safe.
 */
public final class KafkaBrokerProcess implements AutoCloseable {

  /** The name of the log file in the log directory. */
  public static final String LOG_FILE = "kafka-broker.log";

  private static final Logger LOG = LoggerFactory.getLogger(KafkaBrokerProcess.class);
  private static final String READY = "ready";

  /** Set by the start script where a demo has written one, of this class path. */
  private static final String CLASS_ARCHIVE = "quadstream.class-archive";

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final int LOG_TAIL_LINES = 20;

  private final Process process;
  private final String bootstrapServers;
  private final Path log;

  private KafkaBrokerProcess(Process process, String bootstrapServers, Path log) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
    this.log = log;
  }

  /**
   * Starts the process and returns at once, for those who have other things to do until {@link
   * #awaitReady} returns.
   *
   * @param directory where it keeps its data; data that are there already are used
   * @param port where clients connect, or 0 for a free one
   * @param logDirectory where {@value #LOG_FILE} is written to, appended if it exists
   * @throws KafkaBrokerException if there can be no process
   */
  public static KafkaBrokerProcess launch(Path directory, int port, Path logDirectory) {
    int brokerPort = FreePorts.resolve(port);
    Path log = logDirectory.resolve(LOG_FILE);
    try {
      Files.createDirectories(logDirectory);
      Process process =
          new ProcessBuilder(command(directory, brokerPort))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new KafkaBrokerProcess(process, BrokerSettings.bootstrapServers(brokerPort), log);
    } catch (IOException e) {
      throw new KafkaBrokerException(
          "The Kafka broker's process could not be started, or its log %s not be written: %s"
              .formatted(log, e.getMessage()),
          e);
    }
  }

  private static List<String> command(Path directory, int port) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                // A broker that lives for minutes has other uses for the processors than to
                // optimise itself.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-Dlog4j2.configurationFile=classpath:dev/quadstream/kafka/broker-log4j2.properties"));
    String classes = System.getProperty(CLASS_ARCHIVE);
    if (classes != null) {
      // Whatever the JVM has to say of it would come before the line that is waited for.
      command.addAll(List.of("-XX:SharedArchiveFile=" + classes, "-Xlog:cds*=off"));
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            KafkaBrokerProcess.class.getName(),
            directory.toAbsolutePath().toString(),
            Integer.toString(port)));
    return command;
  }

  /**
   * Returns this broker once a client has seen its cluster.
   *
   * @throws KafkaBrokerException with the end of the log, if it does not come up within 90 s; the
   *     process is ended
   */
  public KafkaBrokerProcess awaitReady() {
    try {
      requireReady();
      return this;
    } catch (RuntimeException e) {
      kill();
      throw e;
    }
  }

  private void requireReady() {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(() -> firstLine(process.getInputStream()));
    try {
      if (!READY.equals(line.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS))) {
        throw notUp("ended before it was ready", null);
      }
    } catch (TimeoutException e) {
      throw notUp("was not ready within " + START_LIMIT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw notUp("could not be read from", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notUp("was not waited for: this thread was interrupted", e);
    }
    try (TopicAdmin admin = new TopicAdmin(connection())) {
      admin.requireReachable();
    } catch (KafkaUnreachableException e) {
      throw notUp("does not answer at " + bootstrapServers, e);
    }
  }

  private static String firstLine(InputStream input) {
    StringBuilder line = new StringBuilder();
    try {
      for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
        line.append((char) next);
      }
    } catch (IOException e) {
      // The pipe breaks when the child dies: the same to the caller as its end.
      return "";
    }
    return line.toString().trim();
  }

  private KafkaBrokerException notUp(String what, Throwable cause) {
    return new KafkaBrokerException(
        "The Kafka broker's process %s. The end of its log %s:%n%s".formatted(what, log, logTail()),
        cause);
  }

  private String logTail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(not readable: " + e.getMessage() + ")";
    }
  }

  /** The address that clients connect to, as {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** How clients on this machine connect. */
  public KafkaConnection connection() {
    return KafkaConnection.to(bootstrapServers());
  }

  /** The process id of the broker's JVM. */
  public long pid() {
    return process.pid();
  }

  /** Whether the broker's JVM runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends the broker with SIGKILL, as a crash would, and waits for its end. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** Stops the broker cleanly and waits for it; its data stay. Kills it if it takes over 20 s. */
  @Override
  public void close() {
    closeStandardInput();
    if (!awaitExit()) {
      kill();
    }
  }

  private void closeStandardInput() {
    try (OutputStream standardInput = process.getOutputStream()) {
      standardInput.flush();
    } catch (IOException e) {
      // The child has gone already, which is what closing is for.
      return;
    }
  }

  private boolean awaitExit() {
    try {
      return process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The child: runs a broker until its standard input ends.
   *
   * @param arguments the data directory and the port
   */
  public static void main(String[] arguments) {
    ignore("INT");
    ignore("TERM");
    AtomicReference<KafkaBroker> running = new AtomicReference<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> closeIfStarted(running.get())));
    Thread parentWatch = new Thread(KafkaBrokerProcess::exitWithParent, "parent-watch");
    parentWatch.setDaemon(true);
    parentWatch.start();
    try {
      running.set(KafkaBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
    } catch (RuntimeException e) {
      LOG.error("Giving up", e);
      System.exit(1);
    }
    System.out.println(READY);
  }

  private static void closeIfStarted(KafkaBroker broker) {
    if (broker != null) {
      broker.close();
    }
  }

  private static void exitWithParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      LOG.warn("Standard input failed, taken for the end of the parent", e);
    }
    System.exit(0);
  }

  // By reflection, because javac warns of any direct use and offers no way to accept it.
  private static void ignore(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException e) {
      System.err.println("This Java cannot ignore SIG" + name + ": it will stop the broker: " + e);
    }
  }
}
