package dev.quadstream.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.evaluation.Interval;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ablation's results, as {@code --report} and docs/ablation.json carry them: there, the fields
 * of all parts lie side by side.
 *
 * @param setting what was run
 * @param rows one for raw pixels, one for the untrained network, one a variant
 * @param differences answers to the questions whose rows were both run
 * @param remembered recall on the stream's own classes by their age; empty where not asked for
 * @param diverged rows that are not here since their training diverged: which seed's, and how
 */
public record AblationReport(
    @JsonUnwrapped Setting setting,
    List<Row> rows,
    List<Difference> differences,
    List<Remembered> remembered,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, String> diverged) {

  public AblationReport {
    rows = List.copyOf(rows);
    differences = List.copyOf(differences);
    remembered = List.copyOf(remembered);
    diverged = diverged == null ? new TreeMap<>() : new TreeMap<>(diverged);
  }

  /**
   * What was run.
   *
   * @param dataset what was streamed and held out
   * @param protocol how, in sentences
   * @param on the part of the held-out classes that is measured with
   * @param images streamed to each network
   * @param seeds runs of each row
   * @param warmUpWindows windows of random quadruplets at the start of each run
   * @param options of every row beside its own, by key
   * @param heldOutClasses classes measured on, mean over the seeds
   * @param heldOutImages probes, mean over the seeds
   */
  public record Setting(
      String dataset,
      String protocol,
      HeldOutPart on,
      int images,
      int seeds,
      int warmUpWindows,
      Map<String, String> options,
      double heldOutClasses,
      double heldOutImages) {}

  /**
   * One row.
   *
   * @param name the row's name
   * @param description what it is
   * @param options what it sets; null where nothing is trained
   */
  record Row(
      String name,
      String description,
      Map<String, String> options,
      @JsonUnwrapped Recall recall,
      @JsonUnwrapped Distances distances) {}

  /**
   * What a row finds.
   *
   * @param mean recall@1 by Euclidean distance of the embeddings, over the seeds
   * @param low lower end of its 95 % interval
   * @param high upper end
   * @param bySeed of each seed, from seed 1
   * @param reRanked recall@1 with the nearest re-ranked by g; null where g is not learned
   * @param reRankedGain what re-ranking adds, probe by probe; null where g is not learned
   */
  record Recall(
      @JsonProperty("recallAt1") double mean,
      double low,
      double high,
      @JsonProperty("recallAt1BySeed") List<Double> bySeed,
      @JsonProperty("reRankedRecallAt1") Interval reRanked,
      Interval reRankedGain) {}

  /**
   * How a row's g separates.
   *
   * @param intra mean g of two images of one class, in [0, 1]
   * @param inter mean g of images of two classes, in [0, 1]
   * @param intraToInter intra / inter; smaller separates better
   */
  record Distances(double intra, double inter, double intraToInter) {}

  /**
   * The answer to one question.
   *
   * @param question what was asked
   * @param first a row's name
   * @param second the row that it is held against
   * @param difference of their recall@1, first − second, over the same probes
   * @param low lower end of its 95 % interval
   * @param high upper end
   */
  record Difference(
      String question, String first, String second, double difference, double low, double high) {}

  /**
   * How well a row finds classes of the stream that came so long before its end.
   *
   * @param row the row's name
   * @param what {@code last seen} or {@code first seen}
   * @param from images ago, at least
   * @param to images ago, at the most; null for no bound
   * @param classes how many there are, mean over the seeds
   * @param recallAt1 of their images among those of all classes that the stream showed
   */
  record Remembered(
      String row, String what, int from, Integer to, double classes, Interval recallAt1) {}
}
