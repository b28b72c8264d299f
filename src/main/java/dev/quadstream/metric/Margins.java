package dev.quadstream.metric;

/**
 * The margins α₁ and α₂ of Eq. 3, on squared distances. They are constants in the backward pass.
 *
 * @param first α₁, between g(i,j)² and g(i,k)²
 * @param second α₂, between g(i,j)² and g(l,k)²
 */
public record Margins(double first, double second) {

  public Margins {
    if (!(first >= 0 && second >= 0)) {
      throw new IllegalArgumentException(
          "Margins are 0 or more, not α₁ = %s and α₂ = %s.".formatted(first, second));
    }
  }
}
