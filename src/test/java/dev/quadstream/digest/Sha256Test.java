package dev.quadstream.digest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Sha256Test {

  /** FIPS 180-4's example. */
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void isThatOfTheStandardsExampleAtOnceAndInPieces() {
    Sha256 sha256 = new Sha256();
    sha256.update("ab".getBytes(UTF_8), 2);
    sha256.update("cx".getBytes(UTF_8), 1);

    assertThat(Sha256.of("abc".getBytes(UTF_8))).isEqualTo(OF_ABC);
    assertThat(sha256.hex()).isEqualTo(OF_ABC);
  }
}
