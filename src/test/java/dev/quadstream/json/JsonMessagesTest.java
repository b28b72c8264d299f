package dev.quadstream.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonMessagesTest {

  record Figures(String name, long count, double loss, float share, Map<String, Double> metrics) {}

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Asked(float[] numbers, Integer count) {}

  record Nested(List<Figures> figures) {}

  @Test
  void recordsComeBackEqual() {
    Nested message =
        new Nested(List.of(new Figures("ö", Long.MIN_VALUE, 0.1, 0.1f, Map.of("recall", 1.0 / 3))));
    assertThat(JsonMessages.read(JsonMessages.write(message), Nested.class)).isEqualTo(message);
    assertThat(JsonMessages.read(JsonMessages.writeIndented(message), Nested.class))
        .isEqualTo(message);
  }

  @Test
  void numbersAreReadAsJavaReadsThemHoweverManyDigitsTheyHave() {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      float share = Float.intBitsToFloat(random.nextInt());
      double loss = Double.longBitsToDouble(random.nextLong());
      if (!Float.isFinite(share) || !Double.isFinite(loss)) {
        continue;
      }
      Figures read =
          read(
              "{\"share\": %s, \"loss\": %s}"
                  .formatted(new BigDecimal(share), new BigDecimal(loss)));
      assertThat(read.share()).isEqualTo(share);
      assertThat(read.loss()).isEqualTo(loss);
    }
  }

  @Test
  void unknownNumbersAreNullInJsonAndNaNInJava() {
    Map<String, Double> metrics = new HashMap<>();
    metrics.put("recall", Double.NEGATIVE_INFINITY);
    byte[] json =
        JsonMessages.write(new Figures("x", 1, Double.NaN, Float.POSITIVE_INFINITY, metrics));
    assertThat(new String(json, UTF_8))
        .isEqualTo(
            "{\"name\":\"x\",\"count\":1,\"loss\":null,\"share\":null,\"metrics\":{\"recall\":null}}");

    Figures read = JsonMessages.read(json, Figures.class);
    assertThat(read.loss()).isNaN();
    assertThat(read.share()).isNaN();
    assertThat(read.metrics()).containsEntry("recall", null);
  }

  @Test
  void unknownNumbersWithinArraysAreNullInJsonToo() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("doubles", List.of(new double[] {1, Double.NaN, 0.25}));
    message.put("floats", new float[] {Float.POSITIVE_INFINITY, 0.1f});
    assertThat(new String(JsonMessages.write(message), UTF_8))
        .isEqualTo("{\"doubles\":[[1.0,null,0.25]],\"floats\":[null,0.1]}");
  }

  @Test
  void aNullAmongTheNumbersOfAnArrayIsNotTakenForZero() {
    byte[] message = "{\"numbers\":[1,null]}".getBytes(UTF_8);
    assertThatThrownBy(() -> JsonMessages.read(message, Asked.class))
        .isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> JsonMessages.readExactly(message, Asked.class))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void aFigureThatAnEarlierVersionDidNotWriteIsNaN() {
    assertThat(read("{\"name\":\"old\"}").loss()).isNaN();
  }

  @Test
  void unknownFieldsAreIgnored() {
    assertThat(read("{\"name\":\"x\",\"later\":{\"a\":1}}").name()).isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"numbers":[1],"count":2} | true
          {"numbers":[1]} | true
          {"numbers":[2],"numbers":[1]} | false
          {"numbers":[1],"others":[2]} | false
          {"numbers":[1],"count":2.5} | false
          """)
  void whatSomebodyAsksForIsNotTakenForLessThanItSays(String json, boolean isUnderstood) {
    byte[] request = json.getBytes(UTF_8);
    if (isUnderstood) {
      assertThat(JsonMessages.readExactly(request, Asked.class).numbers()).containsExactly(1);
    } else {
      assertThatThrownBy(() -> JsonMessages.readExactly(request, Asked.class))
          .isInstanceOf(MalformedMessageException.class);
    }
    assertThat(JsonMessages.read(request, Asked.class).numbers()).as("a message").contains(1);
  }

  @Test
  void indentedJsonEndsWithALineFeed() {
    assertThat(new String(JsonMessages.writeIndented(Map.of("a", 1)), UTF_8))
        .isEqualTo("{" + System.lineSeparator() + "  \"a\" : 1" + System.lineSeparator() + "}\n");
  }

  @Test
  void whatIsNotTheMessageIsAnErrorThatNamesIt() {
    for (String json : List.of("", "null", "{\"count\":\"many\"}", "{\"loss\":{}}", "{} x")) {
      assertThatThrownBy(() -> read(json))
          .as(json)
          .isInstanceOf(MalformedMessageException.class)
          .hasMessageStartingWith("Not the JSON of figures: ");
    }
  }

  private static Figures read(String json) {
    return JsonMessages.read(json.getBytes(UTF_8), Figures.class);
  }
}
