package dev.quadstream.stream.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads what earlier versions wrote: {@code golden/NAME-vN.bin} holds the serializer's snapshot and
 * one value of each format, as they lie in a checkpoint.
 *
 * <p>A format that changes raises its version, keeps reading the old one, and gets one file more;
 * files are never written anew. To write those that are missing:
 *
 * <pre>mvn -B test -Dtest=GoldenStateTest -Dgolden.directory=src/test/resources/golden</pre>
 */
class GoldenStateTest {

  private static final Set<RecordFormat<?>> JSON =
      Set.of(
          RecordFormats.REPORT,
          RecordFormats.MANIFEST,
          RecordFormats.RELEASE_STATE,
          RecordFormats.RELEASE,
          RecordFormats.RELEASE_COMMAND,
          RecordFormats.TRAINED_MODEL,
          RecordFormats.RETENTION);
  private static final String DIRECTORY_PROPERTY = "golden.directory";

  static Stream<Arguments> formats() {
    return TestingRecords.BY_FORMAT.entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey().name(), entry.getKey(), entry.getValue()));
  }

  /** Without those in JSON, which may get fields without a new version. */
  static Stream<Arguments> formatsOfFixedLayout() {
    return formats().filter(arguments -> !JSON.contains(arguments.get()[1]));
  }

  static Stream<Arguments> formatsOfAllVersions() {
    return TestingRecords.BY_FORMAT.entrySet().stream()
        .flatMap(
            entry ->
                IntStream.rangeClosed(1, entry.getKey().version())
                    .mapToObj(
                        version ->
                            Arguments.of(
                                fileName(entry.getKey(), version),
                                entry.getKey(),
                                TestingRecords.asReadFrom(
                                    entry.getKey(), version, entry.getValue()))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formatsOfAllVersions")
  <T> void whatAnEarlierVersionWroteIsReadBackAsItWas(
      String file, RecordFormat<T> format, T expected) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(golden(file));

    TypeSerializerSnapshot<T> snapshot =
        TypeSerializerSnapshot.readVersionedSnapshot(in, GoldenStateTest.class.getClassLoader());
    TypeSerializer<T> serializer = serializer(format);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs())
        .isTrue();
    TestingRecords.assertEqual(serializer.deserialize(in), expected);
    assertThat(in.available()).as("bytes left over").isZero();
  }

  /** So that nobody changes a layout without a new version. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("formatsOfFixedLayout")
  <T> void todaysBytesAreThoseOfTheGoldenFileOfTheVersion(
      String name, RecordFormat<T> format, T value) throws IOException {
    assertThat(written(format, value)).isEqualTo(golden(fileName(format, format.version())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  @EnabledIfSystemProperty(named = DIRECTORY_PROPERTY, matches = ".+")
  <T> void writesTheMissingGoldenFileOfTheVersion(String name, RecordFormat<T> format, T value)
      throws IOException {
    Path file = Path.of(System.getProperty(DIRECTORY_PROPERTY), fileName(format, format.version()));
    if (!Files.exists(file)) {
      Files.write(file, written(format, value), StandardOpenOption.CREATE_NEW);
    }
    assertThat(file).isNotEmptyFile();
  }

  private static <T> byte[] written(RecordFormat<T> format, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializer<T> serializer = serializer(format);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static byte[] golden(String file) throws IOException {
    try (InputStream in = GoldenStateTest.class.getResourceAsStream("/golden/" + file)) {
      assertThat(in)
          .as(
              "golden/%s is missing; write it with -D%s=src/test/resources/golden",
              file, DIRECTORY_PROPERTY)
          .isNotNull();
      return in.readAllBytes();
    }
  }

  private static String fileName(RecordFormat<?> format, int version) {
    return format.name() + "-v" + version + ".bin";
  }

  private static <T> TypeSerializer<T> serializer(RecordFormat<T> format) {
    return RecordFormats.typeOf(format).createSerializer(new SerializerConfigImpl());
  }
}
