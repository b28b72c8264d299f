package dev.quadstream.stream.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.fuzz.TestingFuzzer;
import dev.quadstream.fuzz.TestingMutations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Damaged records of every format: read as another value, or an error; nothing else. */
class HostileStateIT {

  @Test
  void noDamageToStateDoesMoreThanAnError() throws Exception {
    List<RecordFormat<?>> formats = List.copyOf(TestingRecords.BY_FORMAT.keySet());
    List<byte[]> written = new ArrayList<>();
    for (RecordFormat<?> format : formats) {
      written.add(bytes(format, TestingRecords.BY_FORMAT.get(format)));
    }
    AtomicInteger read = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    TestingFuzzer.run(
        "state",
        20_000,
        (record, random) -> {
          int format = record % formats.size();
          boolean harmless = take(formats.get(format), written.get(format), written, random);
          (harmless ? read : refused).incrementAndGet();
        });
    assertThat(read).hasPositiveValue();
    assertThat(refused).hasPositiveValue();
  }

  private static boolean take(
      RecordFormat<?> format, byte[] written, List<byte[]> others, SplittableRandom random)
      throws IOException {
    Object value;
    try {
      value =
          serializer(format)
              .deserialize(
                  new DataInputDeserializer(TestingMutations.mutate(written, others, random)));
    } catch (IOException damaged) {
      return false;
    }
    // What was accepted is a value like any other.
    assertThat(bytes(format, value)).isNotEmpty();
    return true;
  }

  @SuppressWarnings("unchecked") // The map that the values come from pairs them with their format.
  private static <T> byte[] bytes(RecordFormat<T> format, Object value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer(format).serialize((T) value, out);
    return out.getCopyOfBuffer();
  }

  private static <T> TypeSerializer<T> serializer(RecordFormat<T> format) {
    return RecordFormats.typeOf(format).createSerializer(new SerializerConfigImpl());
  }
}
