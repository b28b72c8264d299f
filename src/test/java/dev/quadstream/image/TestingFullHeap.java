package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Decodes in a heap that is full, and again once it no longer is; says what happened. */
public final class TestingFullHeap {

  private static final int BLOCK = 128 << 10;
  private static final int LEFT = 512 << 10;
  private static final int LONGEST_SECONDS = 60;

  private TestingFullHeap() {}

  public static void main(String[] arguments) throws Exception {
    ImageDecoder decoder = new ImageDecoder(new ImageShape(3, 32, 32), ImageLimits.defaults());
    BufferedImage image = new BufferedImage(700, 500, BufferedImage.TYPE_INT_ARGB);
    byte[] webp = TestingWebp.encode(image);
    System.out.println("roomy: " + outcome(decoder, webp));
    List<byte[]> ballast = fill(LEFT);
    String full = outcome(decoder, webp);
    int held = ballast.size();
    ballast.clear();
    System.out.println("full: " + full + (held > 0 ? "" : ", with nothing held"));
    System.out.println("roomy again: " + outcome(decoder, webp));
    byte[] greedy =
        TestingTiff.of(ByteOrder.LITTLE_ENDIAN)
            .picture(16, 16, 1, 1, 8, new byte[256])
            .with(322, TestingTiff.LONG, 2_000_000_000)
            .with(323, TestingTiff.LONG, 16)
            .with(324, TestingTiff.LONG, 8)
            .with(325, TestingTiff.LONG, 256)
            .encode();
    System.out.println("greedy: " + outcome(decoder, greedy));
  }

  /**
   * Fills the heap of this process but for so many bytes; it is full for as long as they are held.
   */
  public static List<byte[]> fill(int left) {
    List<byte[]> ballast = new ArrayList<>(8_192);
    try {
      while (true) {
        ballast.add(new byte[BLOCK]);
      }
    } catch (OutOfMemoryError full) {
      for (int freed = 0; freed < left; freed += BLOCK) {
        ballast.remove(ballast.size() - 1);
      }
      return ballast;
    }
  }

  /** What a program prints, in a process of its own that has no more heap than this. */
  public static String outputOf(String heap, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)).as(output).isTrue();
    return output;
  }

  private static String outcome(ImageDecoder decoder, byte[] file) {
    try {
      return "read as " + decoder.decode(file).shape();
    } catch (UndecodableImageException refusal) {
      return "refused as " + refusal.reason();
    } catch (OutOfMemoryError full) {
      return "out of memory";
    }
  }
}
