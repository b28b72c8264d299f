package dev.quadstream.serve.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.serve.state.RunStatus.ReasonCount;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Counts dead letters by reason, in bounded memory whatever the headers say. Not thread-safe. */
final class DeadLetters {

  private static final int MAX_REASONS = 32;
  private static final int MAX_MESSAGES = 5;

  /** Every browser is sent them, and anyone may have written them. */
  private static final int MAX_CHARACTERS = 300;

  private static final String OTHER = "other";

  /** A topic that was made anew counts from 0 again, but later. */
  private record Position(long offset, long timestamp) {}

  private final Map<Integer, Position> lastRead = new HashMap<>();
  private final Map<String, Long> countsByReason = new HashMap<>();
  private final Deque<String> messages = new ArrayDeque<>();
  private long total;

  /** Counts a letter, unless it is read again after a reconnection. */
  void add(ConsumerRecord<byte[], byte[]> letter) {
    Position position = new Position(letter.offset(), letter.timestamp());
    Position last = lastRead.get(letter.partition());
    if (last != null && position.offset <= last.offset && position.timestamp <= last.timestamp) {
      return;
    }
    lastRead.put(letter.partition(), position);
    String reason = header(letter, HeaderNames.ERROR_CLASS);
    boolean countable = countsByReason.containsKey(reason) || countsByReason.size() < MAX_REASONS;
    countsByReason.merge(countable ? reason : OTHER, 1L, Long::sum);
    total++;
    messages.addFirst(header(letter, HeaderNames.ERROR_MESSAGE));
    if (messages.size() > MAX_MESSAGES) {
      messages.removeLast();
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      return "unknown";
    }
    String text = new String(header.value(), UTF_8);
    return text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) + "…" : text;
  }

  RunStatus.DeadLetterCounts counts() {
    return new RunStatus.DeadLetterCounts(total, byReason(), List.copyOf(messages));
  }

  private List<ReasonCount> byReason() {
    return countsByReason.entrySet().stream()
        .map(entry -> new ReasonCount(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparingLong(ReasonCount::count)
                .reversed()
                .thenComparing(ReasonCount::reason))
        .toList();
  }
}
