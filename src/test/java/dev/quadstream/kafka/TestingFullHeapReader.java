package dev.quadstream.kafka;

import dev.quadstream.image.TestingFullHeap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a topic in a heap that is full, and again once it no longer is; says what happened. */
final class TestingFullHeapReader {

  /** Enough for a client, and for none of the records. */
  private static final int LEFT = 6 << 20;

  private TestingFullHeapReader() {}

  public static void main(String[] arguments) {
    KafkaConnection kafka = new KafkaConnection(arguments[0], Map.of());
    try (TopicReader reader = new TopicReader(kafka, arguments[1], TopicReader.Start.BEGINNING)) {
      List<byte[]> ballast = TestingFullHeap.fill(LEFT);
      String full = outcome(reader);
      int held = ballast.size();
      ballast.clear();
      System.out.println("full: " + full + (held > 0 ? "" : ", with nothing held"));
    }
    try (TopicReader reader = new TopicReader(kafka, arguments[1], TopicReader.Start.BEGINNING)) {
      System.out.println("roomy: " + outcome(reader));
    }
  }

  private static String outcome(TopicReader reader) {
    List<Long> offsets = new ArrayList<>();
    String end = "";
    try {
      reader.forEachToEnd(Duration.ofMinutes(1), record -> offsets.add(record.offset()));
    } catch (OutOfMemoryError full) {
      end = ", then out of memory";
    }
    return "%s read, %d passed over%s".formatted(offsets, reader.passedOver(), end);
  }
}
