package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quadstream.image.TestingCorpus.Entry;
import dev.quadstream.image.TestingCorpus.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ImageCorpusTest {

  private static final Path PAGE = Path.of("docs", "images.md");
  private static final String TABLE = "| Format | File | What becomes of it |\n";

  /** Colours of a JPEG file run into each other at tiles; another picture is 60 or more off. */
  private static final double PICTURE_TOLERANCE = 15;

  private static final double RAMP_TOLERANCE = 1.5;

  private final ImageDecoder toColour =
      new ImageDecoder(
          new ImageShape(3, TestingPicture.HEIGHT, TestingPicture.WIDTH), ImageLimits.defaults());
  private final ImageDecoder toGrey =
      new ImageDecoder(
          new ImageShape(1, TestingPicture.HEIGHT, TestingPicture.WIDTH), ImageLimits.defaults());

  @TestFactory
  Stream<DynamicTest> everyFileIsReadRightOrRefusedWithTheTrueReason() throws IOException {
    return TestingCorpus.entries().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.format() + ", " + entry.what(), () -> assertOutcome(entry)));
  }

  @Test
  void thePageListsTheCorpus() throws IOException {
    String page = Files.readString(PAGE);
    String written = page.substring(0, page.indexOf(TABLE)) + table();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, written);
    }
    assertThat(Files.readString(PAGE))
        .as("write it anew: mvn test -Dtest=ImageCorpusTest -Ddocs.write=true")
        .isEqualTo(written);
  }

  private void assertOutcome(Entry entry) throws UndecodableImageException {
    if (entry.outcome() == Outcome.PICTURE) {
      assertThat(TestingPicture.distance(toColour.decode(entry.bytes())))
          .isLessThan(PICTURE_TOLERANCE);
    } else if (entry.outcome() == Outcome.RAMP) {
      assertThat(distanceFromRamp(toGrey.decode(entry.bytes()))).isLessThan(RAMP_TOLERANCE);
    } else {
      UndecodableImageException refusal =
          catchThrowableOfType(
              UndecodableImageException.class, () -> toColour.decode(entry.bytes()));
      assertThat(refusal).isNotNull();
      assertThat(refusal.reason()).isEqualTo(entry.reason());
      assertThat(refusal).hasMessageContaining(entry.because());
    }
  }

  private static double distanceFromRamp(PixelImage image) {
    double sum = 0;
    int area = TestingPicture.WIDTH * TestingPicture.HEIGHT;
    for (int i = 0; i < area; i++) {
      int level = TestingCorpus.ramp(i % TestingPicture.WIDTH, i / TestingPicture.WIDTH);
      sum += Math.abs(image.valueAt(i) - level);
    }
    return sum / area;
  }

  private static String table() throws IOException {
    StringBuilder table = new StringBuilder(TABLE).append("|---|---|---|\n");
    for (Entry entry : TestingCorpus.entries()) {
      table.append("| %s | %s | %s |\n".formatted(entry.format(), entry.what(), outcome(entry)));
    }
    return table.toString();
  }

  private static String outcome(Entry entry) {
    if (entry.outcome() != Outcome.REFUSED) {
      return entry.because().isEmpty() ? "read" : "read: " + entry.because();
    }
    String reason = entry.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return "refused, `image-%s`: %s".formatted(reason, entry.because());
  }
}
