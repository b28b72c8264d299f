package dev.quadstream.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.cli.demo.InputChoice.Look;
import dev.quadstream.image.ImageShape;
import dev.quadstream.network.TrunkKind;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InputChoiceTest {

  @Test
  void smallGreyPicturesAreReadByTheSmallTrunk() {
    InputChoice choice = InputChoice.of(Collections.nCopies(9, new Look(28, 28, false)));

    assertThat(choice.shape()).isEqualTo(new ImageShape(1, 32, 32));
    assertThat(choice.trunk()).isEqualTo(TrunkKind.RESIDUAL);
    assertThat(choice.reason()).contains("grey", "28 x 28");
  }

  @Test
  void photosAreReadInColourAndSquare() {
    InputChoice choice = InputChoice.of(Collections.nCopies(9, new Look(4000, 3000, true)));

    assertThat(choice.shape()).isEqualTo(new ImageShape(3, 64, 64));
    assertThat(choice.trunk()).isEqualTo(TrunkKind.MEDIUM);
  }

  @Test
  void personsAreTallAndVehiclesWide() {
    assertThat(InputChoice.of(List.of(new Look(64, 128, true))).shape())
        .isEqualTo(new ImageShape(3, 128, 64));
    assertThat(InputChoice.of(List.of(new Look(300, 150, true))).shape())
        .isEqualTo(new ImageShape(3, 64, 128));
  }

  @Test
  void aFewInColourMakeNoColourAndEveryChoiceCanBeRead() {
    List<Look> looks =
        Stream.concat(
                Stream.of(new Look(100, 100, true)),
                Collections.nCopies(30, new Look(100, 100, false)).stream())
            .toList();

    InputChoice choice = InputChoice.of(looks);

    assertThat(choice.shape().channels()).isEqualTo(1);
    assertThat(choice.reason()).contains("1 in colour");
    assertThat(choice.trunk().accepts(choice.shape())).isTrue();
    assertThat(InputChoice.of(List.of()).trunk().accepts(InputChoice.of(List.of()).shape()))
        .isTrue();
  }
}
