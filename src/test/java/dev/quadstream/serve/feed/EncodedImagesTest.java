package dev.quadstream.serve.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncodedImagesTest {

  private static final ImageReferenced CUP = new ImageReferenced("cup", null, 0, "s3://photos/1");

  private final List<String> read = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private final EncodedImages images =
      new EncodedImages(
          1_000,
          image -> {
            read.add(image.address());
            meanwhile.run();
            return new byte[] {1};
          });

  @Test
  void whatLiesElsewhereIsReadOnceItIsAskedForAndNotAgain() throws Exception {
    images.take(CUP);

    assertThat(images.contains("cup")).isTrue();
    assertThat(read).isEmpty();
    assertThat(images.get("cup")).contains(new byte[] {1});
    assertThat(images.get("cup")).contains(new byte[] {1});
    assertThat(read).containsExactly("s3://photos/1");

    images.take(new ImageReferenced("cup", null, 0, "s3://photos/1"));
    assertThat(images.get("cup")).as("which came again").contains(new byte[] {1});
    assertThat(read).hasSize(2);

    images.take(new ImageReceived("cup", null, 0, new byte[] {2}));
    assertThat(images.get("cup")).contains(new byte[] {2});
    assertThat(read).hasSize(2);
  }

  @Test
  void whatIsRemovedWhileItIsReadIsNotKept() throws Exception {
    images.take(CUP);
    meanwhile = () -> images.take(new ImageRemoved("cup"));

    assertThat(images.get("cup")).isPresent();
    assertThat(images.contains("cup")).isFalse();
    assertThat(images.get("cup")).isEmpty();
  }
}
