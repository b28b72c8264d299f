package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OpenSetIdentificationTest {

  @Test
  void classesThatLieApartAreAllIdentifiedAndNoneIsAcceptedForAnother() {
    OpenSetIdentification measured = OpenSetIdentification.of(clouds(160, 4, 0.01), 5, 3);

    assertThat(measured.enrolledClasses()).isEqualTo(80);
    assertThat(measured.genuine()).isEqualTo(160);
    assertThat(measured.impostors()).isEqualTo(320);
    assertThat(measured.rates().get(0).trueAcceptRate()).isEqualTo(1);
    assertThat(measured.rates().get(0).identificationRate()).isEqualTo(1);
    assertThat(measured.rates().get(0).calibrated()).as("80 classes for 10 %").isEqualTo(5);
    assertThat(measured.rates().get(1).calibrated()).as("80 classes for 5 %").isZero();
    assertThat(measured.rates().get(1).independentTrials()).isEqualTo(39.5);
    assertThat(measured.rates().get(1).neededTrials()).isEqualTo(59);
    assertThat(measured.rates().get(1).realised()).isNaN();
    assertThat(measured.rates().get(0).rejected()).as("of classes that lie apart").isZero();
    assertThat(measured.rates().get(1).rejected()).isNaN();
  }

  @Test
  void chanceIsAcceptedAtTheRateOfTheImpostors() {
    OpenSetIdentification measured = OpenSetIdentification.of(clouds(200, 10, 50), 20, 3);

    OpenSetIdentification.AtRate atTenPercent = measured.rates().get(0);
    assertThat(atTenPercent.identificationRate()).isLessThan(0.02);
    assertThat(atTenPercent.trueAcceptRate()).isBetween(0.0, 0.1);
    assertThat(atTenPercent.rejected()).as("by chance").isGreaterThan(0.95);
    assertThat(atTenPercent.kept()).as("of 20 calibrated").isGreaterThanOrEqualTo(19);
    assertThat(atTenPercent.withinInterval())
        .as("of 20 calibrated, beyond its interval")
        .isBetween(Math.max(19, atTenPercent.kept()), 20);
    assertThat(measured.rates())
        .extracting(OpenSetIdentification.AtRate::identificationRate)
        .isSortedAccordingTo((left, right) -> Double.compare(right, left));
  }

  @Test
  void anImageOfTheProbesOwnCameraIsNoFind() {
    LabeledVectors seen = clouds(40, 1, 0);
    float[][] vectors = new float[160][];
    List<String> labels = new ArrayList<>();
    int[] cameras = new int[160];
    for (int row = 0; row < vectors.length; row++) {
      // By the other camera everybody looks the other way round.
      float[] vector = seen.vectors()[row / 4].clone();
      for (int d = 0; row % 4 >= 2 && d < vector.length; d++) {
        vector[d] = -vector[d];
      }
      vectors[row] = vector;
      labels.add("class-" + row / 4);
      cameras[row] = row / 2;
    }

    OpenSetIdentification measured =
        OpenSetIdentification.of(LabeledVectors.grouped(vectors, labels, cameras), 3, 3);

    assertThat(measured.genuine()).isEqualTo(40);
    assertThat(measured.rates().get(0).trueAcceptRate()).isZero();
    assertThat(measured.rates().get(0).identificationRate()).isZero();
    assertThat(
            OpenSetIdentification.of(LabeledVectors.of(vectors, labels), 3, 3)
                .rates()
                .get(0)
                .identificationRate())
        .as("where cameras do not count")
        .isEqualTo(1);
  }

  @Test
  void fewerThanFourClassesCannotBeHalved() {
    assertThatThrownBy(() -> OpenSetIdentification.of(clouds(3, 4, 1), 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 classes");
  }

  /** Unit vectors around a centre for each class. */
  private static LabeledVectors clouds(int classes, int images, double spread) {
    SplittableRandom random = new SplittableRandom(classes);
    List<String> labels = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    for (int number = 0; number < classes; number++) {
      double[] centre = random.doubles(12, -1, 1).toArray();
      for (int image = 0; image < images; image++) {
        float[] vector = new float[centre.length];
        double length = 0;
        for (int d = 0; d < vector.length; d++) {
          vector[d] = (float) (centre[d] + spread * random.nextDouble(-1, 1));
          length += (double) vector[d] * vector[d];
        }
        for (int d = 0; d < vector.length; d++) {
          vector[d] /= (float) Math.sqrt(length);
        }
        labels.add("class-" + number);
        vectors.add(vector);
      }
    }
    return LabeledVectors.of(vectors.toArray(new float[0][]), labels);
  }
}
