package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.TestingLocale;
import dev.quadstream.kafka.EmbeddingMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFilesTest {

  private static final List<EmbeddingMessage> EMBEDDINGS =
      List.of(
          new EmbeddingMessage("r", "a,\"b\"", "Öre", 7, 7L, 1, new float[] {0.25f, -1e-9f, 3}),
          new EmbeddingMessage("r", "c", null, 5, 7L, true, 1, new float[] {1, 0, -0.5f}));

  @TempDir private Path directory;

  @Test
  void csvIsOneLineAnImage() throws Exception {
    VectorFiles.writeCsv(directory.resolve("new"), EMBEDDINGS);

    assertThat(Files.readString(directory.resolve("new").resolve(VectorFiles.CSV)))
        .isEqualTo(
            """
            id,label,mapped,v0,v1,v2
            "a,""b""\",Öre,false,0.25,-1.0E-9,3.0
            c,,true,1.0,0.0,-0.5
            """);
  }

  @Test
  void aVectorOfAnotherLengthIsRefusedByTheNameOfItsImage() {
    for (float[] other : new float[][] {{1}, {1, 2, 3, 4}}) {
      List<EmbeddingMessage> embeddings =
          List.of(EMBEDDINGS.get(0), new EmbeddingMessage("r", "forged", "a", 7, 7L, 1, other));

      assertThatThrownBy(() -> VectorFiles.writeNpy(directory, embeddings))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining("forged " + other.length);
      assertThatThrownBy(() -> VectorFiles.writeCsv(directory, embeddings))
          .isInstanceOf(CommandException.class);
      assertThat(directory).isEmptyDirectory();
    }
  }

  /** The format's page: numpy.org/doc/stable/reference/generated/numpy.lib.format.html. */
  @Test
  void npyIsWhatNumPyReads() throws Exception {
    // Whose digits numpy does not read.
    try (TestingLocale persian = TestingLocale.persian()) {
      VectorFiles.writeNpy(directory, EMBEDDINGS);
    }

    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve(VectorFiles.NPY)))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    file.get(magic);
    assertThat(magic).isEqualTo(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    byte[] header = new byte[file.getShort()];
    file.get(header);
    assertThat(file.position() % 64).isZero();
    assertThat(new String(header, US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }")
        .endsWith("\n");
    float[] values = new float[6];
    file.asFloatBuffer().get(values);
    assertThat(values).containsExactly(0.25f, -1e-9f, 3, 1, 0, -0.5f);
    assertThat(file.remaining()).isEqualTo(24);
    assertThat(Files.readString(directory.resolve(VectorFiles.IMAGES)))
        .isEqualTo("id,label,mapped\n\"a,\"\"b\"\"\",Öre,false\nc,,true\n");
  }
}
