package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorBlockTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 4", "127, 5", "128, 64", "129, 67", "300, 6"})
  void addsUpInTheOrderOfTheDimensionsToTheBit(int size, int dimensions) {
    SplittableRandom random = new SplittableRandom(size);
    float[][] vectors = TestingVectors.draw(size, dimensions, random);
    float[] query = TestingVectors.draw(1, dimensions, random)[0];
    VectorBlock block = new VectorBlock(dimensions);

    for (int start = 0; start < size; start += VectorBlock.SIZE) {
      int count = block.load(row -> vectors[row], start, size);

      float[] products = block.innerProducts(query).clone();
      float[] squares = block.squaredDistances(query).clone();

      assertThat(count).isEqualTo(Math.min(VectorBlock.SIZE, size - start));
      for (int row = 0; row < count; row++) {
        float product = 0;
        float square = 0;
        for (int d = 0; d < dimensions; d++) {
          product += vectors[start + row][d] * query[d];
          float difference = vectors[start + row][d] - query[d];
          square += difference * difference;
        }
        assertThat(products[row]).isEqualTo(product);
        assertThat(squares[row]).isEqualTo(square);
      }
    }
  }
}
