package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two decoders and three partitions on two TaskManagers: in which order images meet is Kafka's
 * business, and so are the bits. What holds is that each image is trained on once, each that is
 * labelled later too, and each without a label answered once.
 */
@ExtendWith(TestingProcesses.Shared.class)
class PartitionsCrashIT {

  private static final long SEED = 14;
  private static final int TASK_MANAGERS = 2;
  private static final int PARTITIONS = 3;
  private static final int KILLS = 2;
  private static final int IMAGES = 1_001;
  private static final int QUESTIONS = 120;
  private static final int LABELLED_BEFORE = 30;
  private static final int LABELLED = 70;
  private static final int MAX_PROGRESS = 15;

  @Test
  void everyImageIsTrainedOnOnceInWindowsThatTheRunCountsWithoutAGap(TestingProcesses processes)
      throws Exception {
    Random random = new Random(SEED);
    Map<String, String> options = Map.of("parallelism", "2");
    try (TestingRun run = new TestingRun(processes, "partitions", SEED, PARTITIONS, options)) {
      while (processes.cluster().taskManagers() < TASK_MANAGERS) {
        processes.cluster().startTaskManager();
      }
      run.sendImages(IMAGES / 2);
      Set<String> labelled = run.sendLabels(0, LABELLED_BEFORE);
      run.sendQuestions(QUESTIONS);
      run.sendImages(IMAGES - IMAGES / 2);
      run.start();
      run.sendBadLabel();
      for (int kill = 0; kill < KILLS; kill++) {
        run.awaitTrained(run.trainedWindows() + 1 + random.nextInt(MAX_PROGRESS));
        processes.cluster().killTaskManager();
        processes.cluster().launchTaskManager();
        if (kill == 0) {
          labelled.addAll(run.sendLabels(LABELLED_BEFORE, LABELLED));
        }
      }
      int full = (IMAGES + LABELLED) / TestingRun.WINDOW_IMAGES;
      run.awaitTrained(full);
      run.drain();

      List<WindowReport> reports = run.reports(full);
      assertThat(reports.stream().mapToInt(report -> report.images().arrived()).sum())
          .as("images over all reports, seed %d", SEED)
          .isEqualTo(IMAGES + LABELLED);
      assertThat(reports.stream().mapToInt(report -> report.images().lateLabels().arrived()).sum())
          .as("images of them that were labelled later")
          .isEqualTo(LABELLED);
      Map<Boolean, List<EmbeddingMessage>> embeddings =
          run.embeddings(IMAGES + QUESTIONS).stream()
              .collect(Collectors.partitioningBy(embedding -> embedding.label() == null));
      assertEmbeddedOnceInItsWindow(embeddings.get(false));
      assertAnswered(embeddings.get(true), labelled);
      assertThat(run.deadLetterReasons(1)).containsExactly("malformed-label");
      assertCountedWithoutGap(reports, run.manifests());
      assertLedgerBalances(reports);
    }
  }

  /** A question that got its label before there was a model is not answered any more. */
  private static void assertAnswered(List<EmbeddingMessage> answers, Set<String> labelled) {
    assertThat(answers)
        .as("answers, at most one to each question")
        .allMatch(answer -> answer.id().startsWith(TestingRun.QUESTION))
        .extracting(EmbeddingMessage::id)
        .doesNotHaveDuplicates();
    assertThat(answers)
        .as("one to each that has no label")
        .filteredOn(answer -> !labelled.contains(answer.id()))
        .hasSize(QUESTIONS - LABELLED);
  }

  /** Read as often as sent, each once in a window, and nothing beside it. */
  private static void assertLedgerBalances(List<WindowReport> reports) {
    Map<Integer, PartitionLedger> last = new HashMap<>();
    for (WindowReport report : reports) {
      assertThat(report.details().ledger().isEmpty())
          .as("of no partition, as all its images had been questions")
          .isEqualTo(report.images().arrived() == report.images().lateLabels().arrived());
      assertThat(report.details().ledger()).allMatch(entry -> entry.unaccounted() == 0);
      report.details().ledger().forEach(entry -> last.put(entry.partition(), entry));
    }
    assertThat(last).hasSize(PARTITIONS);
    assertThat(last.values().stream().mapToLong(PartitionLedger::read).sum())
        .isEqualTo(IMAGES + QUESTIONS);
    assertThat(last.values().stream().mapToLong(PartitionLedger::questions).sum())
        .isEqualTo(QUESTIONS);
    assertThat(last.values().stream().mapToLong(PartitionLedger::images).sum()).isEqualTo(IMAGES);
  }

  private static void assertEmbeddedOnceInItsWindow(List<EmbeddingMessage> embeddings) {
    Set<String> ids = new HashSet<>();
    Set<String> occurrences = new HashSet<>();
    for (EmbeddingMessage embedding : embeddings) {
      ids.add(embedding.id());
      assertThat(occurrences.add(embedding.id() + " in window " + embedding.window()))
          .as("the only embedding of %s in window %d", embedding.id(), embedding.window())
          .isTrue();
    }
    assertThat(ids).as("images embedded").hasSize(IMAGES + LABELLED);
  }

  private static void assertCountedWithoutGap(
      List<WindowReport> reports, List<ModelManifest> manifests) {
    assertThat(reports)
        .as("reports, seed %d", SEED)
        .extracting(report -> report.identity().window())
        .isEqualTo(LongStream.range(0, reports.size()).boxed().toList());
    assertThat(reports)
        .extracting(report -> report.identity().version())
        .isEqualTo(LongStream.rangeClosed(1, reports.size()).boxed().toList());
    assertThat(manifests.stream().mapToLong(manifest -> manifest.identity().version()).max())
        .as("last model")
        .hasValue(reports.size());
  }
}
