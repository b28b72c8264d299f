package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.cli.demo.DemoSummary;
import dev.quadstream.kafka.JsonMessages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it, but shorter: its own broker process, Flink, icons. */
class DemoIT {

  @TempDir Path directory;

  @Test
  void trainsToTheLastImageAndWritesASummaryOfMeasuredFigures() throws Exception {
    Path report = directory.resolve("summary.json");
    int exitCode =
        Quadstream.commandLine(Map.of())
            .execute(
                "demo",
                "--images=1000",
                "--headless",
                "--seed=3",
                "--web-port=0",
                "--set=training.warm-up-windows=4",
                "--directory=" + directory.resolve("demo"),
                "--report=" + report);

    assertThat(exitCode).isZero();
    DemoSummary summary = JsonMessages.read(Files.readAllBytes(report), DemoSummary.class);
    assertThat(summary.images()).isEqualTo(1_000);
    assertThat(summary.windows()).isEqualTo(16);
    assertThat(summary.modelVersion()).isEqualTo(16);
    assertThat(summary.deadLetters()).isZero();
    assertThat(summary.restarts()).isZero();
    assertThat(summary.imagesPerSecond()).isPositive();
    assertThat(summary.heldOut().rawPixels()).isBetween(0.5, 0.8);
    assertThat(summary.heldOut().untrained()).isBetween(0.3, 0.8);
    assertThat(summary.heldOut().trained())
        .isBetween(0.3, 0.8)
        .isNotEqualTo(summary.heldOut().untrained());
    assertThat(Path.of(summary.model())).isRegularFile();
    assertThat(Files.readAllLines(Path.of(summary.reports()))).hasSize(16);
    assertThat(Path.of(summary.logs())).isDirectory();
  }

  @Test
  void endsByTimeWithASummaryToo() throws Exception {
    Path report = directory.resolve("summary.json");
    int exitCode =
        Quadstream.commandLine(Map.of())
            .execute(
                "demo",
                "--images=100000000",
                "--duration=12s",
                "--headless",
                "--web-port=0",
                "--directory=" + directory.resolve("demo"),
                "--report=" + report);

    assertThat(exitCode).isZero();
    DemoSummary summary = JsonMessages.read(Files.readAllBytes(report), DemoSummary.class);
    assertThat(summary.images()).isPositive().isLessThan(100_000_000);
    assertThat(summary.modelVersion()).isEqualTo(summary.windows());
  }
}
