package dev.quadstream.network.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ArrayBytesTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 7, 1_000, 100_003})
  void theyAreThoseThatNd4jWrites(long length) throws IOException {
    try (INDArray values = Nd4j.rand(DataType.FLOAT, length)) {
      assertThat(ArrayBytes.write(values)).isEqualTo(writtenByNd4j(values));
    }
  }

  @Test
  void theyAreThoseThatNd4jWritesOfANetworksParameters() throws IOException {
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.LEARNED))) {
      INDArray trunk = network.chains().get(0).parameters();
      assertThat(ArrayBytes.write(trunk)).isEqualTo(writtenByNd4j(trunk));
      INDArray head = network.chains().get(1).parameters();
      assertThat(ArrayBytes.write(head)).isEqualTo(writtenByNd4j(head));
    }
  }

  private static byte[] writtenByNd4j(INDArray array) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Nd4j.write(array, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
