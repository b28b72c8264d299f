package dev.quadstream.network.environment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** In a process of its own, whose limit is not that of the tests. */
class NativeLibrariesIT {

  private static final long LIMIT_BYTES = 64 << 20;

  @Test
  void arraysBeyondTheLimitAreRefusedAndThoseWithinItAreNot() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dorg.bytedeco.javacpp.maxbytes=" + LIMIT_BYTES,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Allocation.class.getName()))
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed).contains("within: allocated").contains("beyond: refused");
  }

  /** Allocates half of the limit, and twice of it. */
  static final class Allocation {

    private Allocation() {}

    public static void main(String[] arguments) {
      NativeLibraries.load();
      System.out.println("within: " + attempt(LIMIT_BYTES / 2));
      System.out.println("beyond: " + attempt(LIMIT_BYTES * 2));
    }

    private static String attempt(long bytes) {
      try {
        Nd4j.createUninitializedDetached(DataType.FLOAT, bytes / Float.BYTES).close();
        return "allocated";
      } catch (RuntimeException e) {
        return "refused";
      }
    }
  }
}
