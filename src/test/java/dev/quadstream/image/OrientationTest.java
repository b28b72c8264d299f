package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrientationTest {

  private static final int SIDE = 8;
  private static final int AREA = SIDE * SIDE;
  private static final ImageShape SQUARE = new ImageShape(3, SIDE, SIDE);
  private static final ImageShape WIDE = new ImageShape(1, SIDE, SIDE + 1);

  /** Upper left, upper right, lower left and lower right, as the pixels are numbered upright. */
  @ParameterizedTest
  @CsvSource({
    "false, false, false, 0, 7, 56, 63",
    "true, false, false, 7, 0, 63, 56",
    "false, true, false, 56, 63, 0, 7",
    "true, true, false, 63, 56, 7, 0",
    "false, false, true, 0, 56, 7, 63",
    "true, false, true, 7, 63, 0, 56",
    "false, true, true, 56, 0, 63, 7",
    "true, true, true, 63, 7, 56, 0"
  })
  void laysEachPlaneDown(
      boolean mirrored,
      boolean flipped,
      boolean transposed,
      int upperLeft,
      int upperRight,
      int lowerLeft,
      int lowerRight) {
    float[] values = numbered(SQUARE);
    float[] laid = new Orientation(mirrored, flipped, transposed).of(values, SQUARE);

    assertThat(values).isEqualTo(numbered(SQUARE));
    for (int plane = 0; plane < SQUARE.channels(); plane++) {
      int first = plane * AREA;
      float[] corners = {
        laid[first], laid[first + SIDE - 1], laid[first + AREA - SIDE], laid[first + AREA - 1]
      };
      assertThat(corners)
          .containsExactly(
              first + upperLeft, first + upperRight, first + lowerLeft, first + lowerRight);
      float[] sorted = Arrays.copyOfRange(laid, first, first + AREA);
      Arrays.sort(sorted);
      assertThat(sorted).isEqualTo(Arrays.copyOfRange(values, first, first + AREA));
    }
  }

  @Test
  void anImageThatIsNotSquareIsMirroredAndFlippedAndNeverTransposed() {
    float[] values = numbered(WIDE);
    float[] laid = new Orientation(true, true, false).of(values, WIDE);
    for (int i = 0; i < values.length; i++) {
      assertThat(laid[i]).isEqualTo(values[values.length - 1 - i]);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Orientation(false, false, true).of(values, WIDE))
        .withMessageContaining("not square");
    SplittableRandom random = new SplittableRandom(1);
    for (int draw = 0; draw < 100; draw++) {
      assertThat(Orientation.draw(Orientation.Choice.ALL, WIDE, random).transposed()).isFalse();
    }
  }

  private static float[] numbered(ImageShape shape) {
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return values;
  }

  /** Of 4,000 draws each possible one has its share, to five standard deviations. */
  @ParameterizedTest
  @CsvSource({"UPRIGHT, 1", "MIRRORED, 2", "ALL, 8"})
  void drawsEachOfTheChosenOnesAsOften(Orientation.Choice choice, int possible) {
    SplittableRandom random = new SplittableRandom(7);
    Map<Orientation, Integer> drawn = new HashMap<>();
    for (int draw = 0; draw < 4_000; draw++) {
      drawn.merge(Orientation.draw(choice, SQUARE, random), 1, Integer::sum);
    }
    double share = 4_000.0 / possible;
    assertThat(drawn).hasSize(possible);
    assertThat(drawn.values())
        .allSatisfy(
            count -> assertThat(Math.abs(count - share)).isLessThan(5 * Math.sqrt(share) + 1));
  }

  @Test
  void takesAsMuchFromTheGeneratorWhateverTheChoice() {
    SplittableRandom one = new SplittableRandom(3);
    SplittableRandom other = new SplittableRandom(3);
    Orientation.draw(Orientation.Choice.UPRIGHT, SQUARE, one);
    Orientation.draw(Orientation.Choice.ALL, SQUARE, other);
    assertThat(one.nextLong()).isEqualTo(other.nextLong());
  }
}
