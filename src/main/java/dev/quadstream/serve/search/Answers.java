package dev.quadstream.serve.search;

import dev.quadstream.kafka.AnswersTopic;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.MatchMessage.Candidate;
import dev.quadstream.kafka.Topics;
import dev.quadstream.search.IndexedImage;
import dev.quadstream.search.Neighbour;
import dev.quadstream.search.NeighbourQuery;
import dev.quadstream.search.OpenSetThresholds;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.search.VectorIndex;
import dev.quadstream.search.Verdict;
import dev.quadstream.serve.DaemonThreads;
import dev.quadstream.serve.LastingWork;
import dev.quadstream.serve.search.Questions.Question;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the stream's questions on the matches topic, in threads of its own. */
final class Answers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private static final int CANDIDATES = 5;
  private static final int AT_ONCE = 32;
  private static final long REST_MILLIS = 5;
  private static final long COMMIT_NANOS = 1_000_000_000L;
  private static final long WARN_NANOS = 60_000_000_000L;

  private final FollowedTopics topics;
  private final Topics names;
  private final Searches searches;
  private final AnswersTopic answers;
  private final Calibrations calibrations = new Calibrations();
  private final double falseAcceptRate;
  private final Map<Verdict, LongAdder> verdicts = new EnumMap<>(Verdict.class);
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(2, DaemonThreads.named("search-answers"));
  private Map<Integer, Long> committed = Map.of();
  private long committedAt = System.nanoTime();
  private volatile long warnedAt = System.nanoTime() - WARN_NANOS;

  Answers(
      FollowedTopics topics, Topics names, Searches searches, AnswersTopic answers, double rate) {
    this.topics = topics;
    this.names = names;
    this.searches = searches;
    this.answers = answers;
    this.falseAcceptRate = rate;
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, new LongAdder());
    }
  }

  void start() {
    var answering =
        threads.scheduleWithFixedDelay(
            new LastingWork(this::answerAll, this::tell), 0, REST_MILLIS, TimeUnit.MILLISECONDS);
    var calibrating =
        threads.scheduleWithFixedDelay(
            new LastingWork(this::calibrate, this::tellOfThresholds), 0, 1, TimeUnit.SECONDS);
  }

  private void tell(Throwable failure) {
    if (failure != null) {
      warn("Questions wait, and are tried again until this ends", failure);
    }
  }

  private void tellOfThresholds(Throwable failure) {
    if (failure != null) {
      warn("Thresholds stay as they are, which is tried again until this ends", failure);
    }
  }

  /** Now and then, as a cause that lasts would fill the log. */
  private void warn(String what, Throwable failure) {
    if (System.nanoTime() - warnedAt >= WARN_NANOS && !threads.isShutdown()) {
      warnedAt = System.nanoTime();
      LOG.warn("{}: {}", what, failure.getMessage(), failure);
    }
  }

  private void calibrate() {
    if (!topics.isReady()) {
      return;
    }
    List<ReleaseIndex> all = topics.indexes().all();
    calibrations.retain(all.stream().map(ReleaseIndex::key).toList());
    // The newest first: most questions are of that.
    for (int i = all.size() - 1; i >= 0; i--) {
      ReleaseKey key = all.get(i).key();
      VectorIndex index = all.get(i).index();
      new LastingWork(
              () -> calibrations.renew(key, index, topics.trials(key)), this::tellOfThresholds)
          .run();
    }
  }

  private void answerAll() {
    Questions questions = topics.questions();
    // Before that nobody can tell which releases will have thresholds.
    List<Question> oldest = topics.hasCaughtUp() ? oldest(questions) : List.of();
    // Asked after they were taken: of topics that are read anew, they are not in these indexes yet.
    while (topics.hasCaughtUp() && !oldest.isEmpty()) {
      answer(oldest);
      questions.answered(oldest);
      commit(questions);
      oldest = oldest(questions);
    }
    if (topics.hasCaughtUp()) {
      commit(questions);
    }
  }

  /** But for those of releases whose first thresholds are still to be made. */
  private List<Question> oldest(Questions questions) {
    Set<ReleaseKey> uncalibrated =
        topics.indexes().all().stream()
            .map(ReleaseIndex::key)
            .filter(key -> calibrations.lacks(key, topics.trials(key), falseAcceptRate))
            .collect(Collectors.toSet());
    return questions.oldest(AT_ONCE, question -> !uncalibrated.contains(question.key()));
  }

  /** One that cannot be answered is not to keep the others waiting. */
  private void answer(List<Question> questions) {
    try {
      answers.write(records(questions));
    } catch (RuntimeException e) {
      if (isOfKafka(e)) {
        throw e;
      }
      if (questions.size() > 1) {
        questions.forEach(question -> answer(List.of(question)));
        return;
      }
      answerInShort(questions.get(0), e);
    }
  }

  private void answerInShort(Question question, RuntimeException failure) {
    String which =
        "The question of partition %d, offset %d"
            .formatted(question.partition(), question.offset());
    try {
      if (question.key() == null) {
        throw failure;
      }
      answers.write(List.of(incomparable(question).toProducerRecord(names.matches())));
      warn(which + " is answered as unsure, without candidates", failure);
    } catch (RuntimeException e) {
      if (isOfKafka(e)) {
        throw e;
      }
      warn(which + " is not answered", e);
    }
  }

  private static boolean isOfKafka(RuntimeException failure) {
    return failure instanceof KafkaUnreachableException
        || (failure instanceof KafkaException
            && !(failure.getCause() instanceof RecordTooLargeException));
  }

  private void commit(Questions questions) {
    if (System.nanoTime() - committedAt < COMMIT_NANOS) {
      return;
    }
    committedAt = System.nanoTime();
    Map<Integer, Long> first = questions.firstUnanswered();
    if (!first.equals(committed)) {
      answers.answered(names.embeddings(), first);
      committed = first;
    }
  }

  private List<ProducerRecord<byte[], byte[]>> records(List<Question> questions) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    questions.stream()
        .filter(question -> question.key() == null)
        .forEach(question -> records.add(MatchMessage.removal(names.matches(), question.id())));
    questions.stream()
        .map(Question::key)
        .filter(Objects::nonNull)
        .distinct()
        .flatMap(
            key ->
                topics
                    .indexes()
                    .of(key)
                    .map(index -> messages(key, index, questions))
                    .orElseGet(() -> incomparable(key, questions))
                    .stream())
        .map(message -> message.toProducerRecord(names.matches()))
        .forEach(records::add);
    return records;
  }

  /** Of questions whose release has gone, with all that they could be compared with. */
  private List<MatchMessage> incomparable(ReleaseKey key, List<Question> questions) {
    return questions.stream()
        .filter(question -> key.equals(question.key()))
        .map(this::incomparable)
        .toList();
  }

  private MatchMessage incomparable(Question question) {
    return new MatchMessage(
        question.id(),
        Verdict.UNSURE.name().toLowerCase(Locale.ROOT),
        null,
        List.of(),
        null,
        falseAcceptRate,
        question.key().run(),
        question.key().release(),
        0);
  }

  private List<MatchMessage> messages(ReleaseKey key, VectorIndex index, List<Question> questions) {
    List<IndexedImage> images =
        questions.stream()
            .filter(question -> key.equals(question.key()))
            .map(question -> index.get(question.id()))
            .flatMap(Optional::stream)
            .toList();
    OpenSetThresholds thresholds = calibrations.of(key, falseAcceptRate);
    List<List<Neighbour>> neighbours =
        index.nearest(
            images.stream()
                .map(
                    image ->
                        new NeighbourQuery(
                            image.vector(), CANDIDATES, Objects::nonNull, image.id()))
                .toList());
    List<MatchMessage> messages = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      List<Candidate> candidates =
          searches.candidates(key, index, images.get(i).vector(), neighbours.get(i));
      Verdict verdict =
          thresholds.verdict(
              candidates.isEmpty() ? Double.NEGATIVE_INFINITY : candidates.get(0).similarity());
      verdicts.get(verdict).increment();
      messages.add(
          new MatchMessage(
              images.get(i).id(),
              verdict.name().toLowerCase(Locale.ROOT),
              verdict == Verdict.KNOWN ? candidates.get(0).label() : null,
              candidates,
              thresholds.known(),
              falseAcceptRate,
              key.run(),
              key.release(),
              index.size()));
    }
    return messages;
  }

  /** How many questions got a verdict since the start. */
  long count(Verdict verdict) {
    return verdicts.get(verdict).sum();
  }

  /** The thresholds of a release at an error rate. */
  OpenSetThresholds thresholds(ReleaseKey key, double rate) {
    return calibrations.of(key, rate);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answers.close();
  }
}
