package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.quadstream.cli.demo.DemoSummary;
import dev.quadstream.json.JsonMessages;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as a user runs it, but shorter: its own broker process, Flink, icons. */
class DemoIT {

  private static final int IMAGES = 2_500;

  @TempDir Path directory;

  @Test
  void trainsToTheLastImageAndWritesASummaryOfMeasuredFigures() throws Exception {
    Path report = directory.resolve("summary.json");
    int exitCode =
        Quadstream.commandLine(Map.of())
            .execute(
                "demo",
                "--images=" + IMAGES,
                "--unlabelled=0.2",
                "--headless",
                "--seed=3",
                "--web-port=0",
                "--set=training.warm-up-windows=4",
                "--directory=" + directory.resolve("demo"),
                "--report=" + report);

    assertThat(exitCode).isZero();
    DemoSummary summary = JsonMessages.read(Files.readAllBytes(report), DemoSummary.class);
    DemoSummary.Questions questions = summary.questions();
    assertThat(summary.training().images()).isEqualTo(IMAGES - questions.asked());
    // The last one is not full, and time closes it.
    long windows = (summary.training().images() + 31) / 32;
    assertThat(summary.training().windows()).isEqualTo(windows);
    assertThat(summary.training().modelVersion()).isEqualTo(windows);
    assertThat((double) questions.asked() / IMAGES).isCloseTo(0.2, within(0.05));
    assertThat(questions.unanswered()).isZero();
    assertThat(
            questions.right()
                + questions.wrong()
                + questions.asNew()
                + questions.asNewThoughKnown()
                + questions.unsure())
        .isEqualTo(questions.asked());
    assertThat(questions.nearestRight()).isBetween(0.1, 1.0);
    assertThat(summary.health().deadLetters()).isZero();
    assertThat(summary.health().restarts()).isZero();
    assertThat(summary.training().imagesPerSecond()).isPositive();
    assertThat(summary.health().secondsToFirstReport())
        .isBetween(0.0, summary.health().wallSeconds());
    assertThat(summary.heldOut().rawPixels()).isBetween(0.5, 0.8);
    assertThat(summary.heldOut().untrained()).isBetween(0.3, 0.8);
    assertThat(summary.heldOut().trained())
        .isBetween(0.3, 0.8)
        .isNotEqualTo(summary.heldOut().untrained());
    assertThat(Path.of(summary.files().model())).isRegularFile();
    assertThat(Files.readAllLines(Path.of(summary.files().reports()))).hasSize((int) windows);
    assertThat(Path.of(summary.files().logs())).isDirectory();
  }

  /**
   * Broker, controller, Flink's page and blob server, live page: none is for the network. The port
   * that is asked for Flink's page is another program's, so it takes another.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void endsByTimeWithASummaryTooAndMeanwhileListensOnThisMachineAlone() throws Exception {
    Path report = directory.resolve("summary.json");
    ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Set<String> before = TestingSockets.listening();
    FutureTask<Integer> demo =
        new FutureTask<>(
            () ->
                Quadstream.commandLine(Map.of())
                    .execute(
                        "demo",
                        "--images=100000000",
                        "--duration=16s",
                        "--headless",
                        "--web-port=" + other.getLocalPort(),
                        "--directory=" + directory.resolve("demo"),
                        "--report=" + report));
    new Thread(demo, "demo").start();
    Set<String> opened = new TreeSet<>();
    await()
        .atMost(Duration.ofMinutes(10))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              opened.addAll(TestingSockets.listening());
              return demo.isDone();
            });
    opened.removeAll(before);
    other.close();

    assertThat(opened).as("doors that the demo opened").hasSizeGreaterThanOrEqualTo(5);
    assertThat(opened).allMatch(TestingSockets::isLoopback);
    assertThat(demo.get()).isZero();
    DemoSummary summary = JsonMessages.read(Files.readAllBytes(report), DemoSummary.class);
    assertThat(summary.training().images()).isPositive().isLessThan(100_000_000);
    assertThat(summary.training().modelVersion()).isEqualTo(summary.training().windows());
  }

  /** With options that are meant for a cluster of one's own, in a directory that it then marks. */
  @Test
  void endsThoughImagesAreRefusedAndTakesNothingOfAnotherKafka() throws Exception {
    Path report = directory.resolve("summary.json");
    String[] arguments = {
      "demo",
      "--images=400",
      "--headless",
      "--no-page",
      "--set=kafka.properties.security.protocol=SASL_SSL",
      "--set=kafka.skip=0@0-9",
      "--set=kafka.starting-offsets=latest",
      "--set=image.max-bytes=720b",
      "--directory=" + directory.resolve("demo"),
      "--report=" + report
    };
    assertThat(Quadstream.commandLine(Map.of()).execute(arguments)).isZero();
    DemoSummary summary = JsonMessages.read(Files.readAllBytes(report), DemoSummary.class);
    assertThat(summary.health().deadLetters()).isPositive();
    assertThat(summary.training().images()).isPositive();
    assertThat(summary.training().images() + summary.health().deadLetters()).isEqualTo(400);

    StringWriter errors = new StringWriter();
    CommandLine again = Quadstream.commandLine(Map.of()).setErr(new PrintWriter(errors));
    assertThat(again.execute(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(errors.toString()).contains("an earlier demo's kafka");
  }
}
