package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import org.junit.jupiter.api.Test;

class EncodedStreamTest {

  private static final long LONGEST_MILLIS = 30_000;

  /** With a finalizer, one collection would only queue it, and a second one would be needed. */
  @Test
  void oneCollectionFreesAStreamThatIsNoLongerUsed() throws Exception {
    ReferenceQueue<EncodedStream> collected = new ReferenceQueue<>();
    PhantomReference<EncodedStream> stream =
        new PhantomReference<>(new EncodedStream(new byte[8], 8), collected);

    System.gc();

    assertThat(collected.remove(LONGEST_MILLIS)).isSameAs(stream);
  }

  @Test
  void whoeverReadsOnPastTheEndIsStopped() throws Exception {
    try (EncodedStream stream = new EncodedStream(new byte[] {7}, 1)) {
      assertThat(stream.read()).isEqualTo(7);
      assertThat(stream.read()).isEqualTo(-1);
      assertThatThrownBy(
              () -> {
                while (true) {
                  stream.read();
                }
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(EOFException.class)
          .hasMessageContaining("end long before");
    }
  }
}
