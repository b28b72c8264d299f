package dev.quadstream.cli;

import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.CumulativeMatch;
import dev.quadstream.evaluation.DistanceHistogram;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.OpenSetIdentification;
import dev.quadstream.evaluation.PairCalibration;
import dev.quadstream.evaluation.ProbeScores;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.evaluation.RetrievalReport;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.search.ReRanking;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Measures a network on images that are each embedded once. For one thread. */
final class Evaluation {

  static final String RAW_PIXELS = "rawPixels";
  static final String EMBEDDINGS = "embeddings";
  static final String RE_RANKED = "reRanked";
  static final String RE_RANKED_EARLY = "reRankedEarly";
  static final String K_RECIPROCAL = "kReciprocal";

  /** Enough for two decimals of mean g; each takes a search for partners. */
  private static final int DISTANCE_ANCHORS = 2_000;

  /** As far as papers on re-identification print the curve. */
  private static final int LAST_RANK = 20;

  /** Ranks and scores vectors of either kind. */
  interface Protocol {
    ProbeScores score(Retrieval retrieval, Function<EvaluationSet, LabeledVectors> vectors);
  }

  private final QuadrupletNetwork network;
  private final EvaluationSet all;
  private final Protocol protocol;
  private final PairMetric metric;
  private final Bootstrap bootstrap;
  private final Map<EvaluationImage, float[]> embedded = new IdentityHashMap<>();
  private final Map<String, Integer> cameras;

  /**
   * Embeds the images.
   *
   * @param all of every set that the protocol asks for
   */
  Evaluation(QuadrupletNetwork network, EvaluationSet all, Protocol protocol) {
    this.network = network;
    this.all = all;
    this.protocol = protocol;
    this.metric = network.metric();
    this.bootstrap = Bootstrap.seeded(network.spec().seed());
    this.cameras = all.knowsCameras() ? new HashMap<>() : null;
    float[][] embeddings = network.embed(all.contents());
    for (int i = 0; i < embeddings.length; i++) {
      embedded.put(all.entries().get(i), embeddings[i]);
    }
  }

  /**
   * The figures of each ranking by its name.
   *
   * @param reRank how many of the nearest a learned metric reorders
   * @param kReciprocal whether to rank by k-reciprocal encodings, too
   */
  Map<String, RetrievalReport> rankings(int reRank, boolean kReciprocal) {
    Map<String, RetrievalReport> rankings = new LinkedHashMap<>();
    rankings.put(
        RAW_PIXELS,
        protocol.score(Retrieval.byDistance(), set -> set.rawPixels(cameras)).report(bootstrap));
    rankings.put(EMBEDDINGS, byEmbeddings(Retrieval.byDistance()));
    if (!metric.ordersAsEmbeddings()) {
      rankings.put(RE_RANKED, byEmbeddings(Retrieval.reRanked(new ReRanking(metric, reRank))));
    }
    network
        .reRanking()
        .ifPresent(
            early ->
                rankings.put(
                    RE_RANKED_EARLY,
                    protocol
                        .score(Retrieval.reRanked(new ReRanking(early, reRank)), this::asReRanked)
                        .report(bootstrap)));
    if (kReciprocal) {
      rankings.put(K_RECIPROCAL, byEmbeddings(Retrieval.kReciprocal()));
    }
    return rankings;
  }

  private RetrievalReport byEmbeddings(Retrieval retrieval) {
    return protocol.score(retrieval, set -> embeddings(set, cameras)).report(bootstrap);
  }

  /** Mean g within and between classes, distractors left out; null where g is not learned. */
  ClassDistances learnedDistances() {
    return metric.ordersAsEmbeddings()
        ? null
        : ClassDistances.sample(
            embeddings(withoutDistractors(all), cameras),
            metric,
            DISTANCE_ANCHORS,
            bootstrap,
            network.spec().seed());
  }

  /** They share one label, and none shows what another one does. */
  private static EvaluationSet withoutDistractors(EvaluationSet set) {
    return set.only(image -> !image.sighting().distractor());
  }

  /** How g is spread over pairs, distractors left out. */
  DistanceHistogram histogram(EvaluationSet images) {
    EvaluationSet set = withoutDistractors(images);
    float[][] vectors = network.embed(set.contents());
    return DistanceHistogram.sample(
        set.embeddings(network, vectors, cameras), metric, DISTANCE_ANCHORS, network.spec().seed());
  }

  /** The curve of the embeddings, distractors left out. */
  CumulativeMatch cumulativeMatch(int trials) {
    EvaluationSet set = withoutDistractors(all);
    return CumulativeMatch.singleShot(
        Retrieval.byDistance(),
        embeddings(set, cameras),
        (int) Math.min(LAST_RANK, set.classes()),
        trials,
        network.spec().seed());
  }

  /** How well new classes are told from known ones, distractors left out. */
  OpenSetIdentification openSet(int trials) {
    try {
      return OpenSetIdentification.of(
          embeddings(withoutDistractors(all), cameras), trials, network.spec().seed());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--open-set: " + e.getMessage());
    }
  }

  /** Whether g is the probability that it is meant to be; null where g is not learned. */
  PairCalibration pairCalibration() {
    return metric.ordersAsEmbeddings()
        ? null
        : PairCalibration.sample(
            embeddings(withoutDistractors(all), cameras),
            metric,
            DISTANCE_ANCHORS,
            network.spec().seed());
  }

  private LabeledVectors asReRanked(EvaluationSet set) {
    float[][] vectors = set.entries().stream().map(embedded::get).toArray(float[][]::new);
    return embeddings(set, cameras).seenAs(network.reRankingFeatures(set.contents(), vectors));
  }

  private LabeledVectors embeddings(EvaluationSet set, Map<String, Integer> cameras) {
    float[][] vectors = set.entries().stream().map(embedded::get).toArray(float[][]::new);
    return set.embeddings(network, vectors, cameras);
  }
}
