package dev.quadstream.cli.demo;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageHeader;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.network.TrunkKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which input suits a dataset's pictures.
 *
 * @param shape what the network reads
 * @param trunk that reads it
 * @param reason what was seen, for people
 */
public record InputChoice(ImageShape shape, TrunkKind trunk, String reason) {

  private static final int SAMPLE = 100;

  /** Sides up to here lose nothing that 32 pixels would show. */
  private static final int SMALL_SIDE = 48;

  /** From here on a picture is so tall or wide that a square would waste a half of itself. */
  private static final double LONG = 1.6;

  private static final ImageShape LOOK = new ImageShape(3, 32, 32);

  /** Levels of 255 by which the channels of a grey photo that was stored as JPEG may differ. */
  private static final int GREY_SPREAD = 12;

  /**
   * What a look at one picture finds.
   *
   * @param width in pixels, upright
   * @param height in pixels, upright
   * @param coloured whether a noticeable part of it has a colour
   */
  record Look(int width, int height, boolean coloured) {}

  /**
   * Looks at some pictures of a dataset.
   *
   * @param decoders of images to a size, with the limits and the ground of the run
   */
  public static InputChoice of(ImageDataset dataset, Function<ImageShape, ImageDecoder> decoders)
      throws IOException {
    ImageDecoder decoder = decoders.apply(LOOK);
    List<Look> looks = new ArrayList<>();
    try (Stream<EncodedImage> images = dataset.sample(SAMPLE)) {
      images.forEach(image -> look(image, decoder, looks));
    }
    return of(looks);
  }

  static InputChoice of(List<Look> looks) {
    if (looks.isEmpty()) {
      return new InputChoice(
          new ImageShape(1, 32, 32), TrunkKind.RESIDUAL, "no picture can be read");
    }
    int width = median(looks.stream().mapToInt(Look::width));
    int height = median(looks.stream().mapToInt(Look::height));
    long coloured = looks.stream().filter(Look::coloured).count();
    int channels = 10 * coloured > looks.size() ? 3 : 1;
    boolean small = Math.min(width, height) <= SMALL_SIDE;
    boolean tall = height >= LONG * width;
    boolean wide = width >= LONG * height;
    ImageShape shape =
        small
            ? new ImageShape(channels, 32, 32)
            : new ImageShape(channels, tall ? 128 : 64, wide ? 128 : 64);
    return new InputChoice(
        shape,
        small ? TrunkKind.RESIDUAL : TrunkKind.MEDIUM,
        "%d pictures looked at, %s, %d x %d pixels in the middle"
            .formatted(
                looks.size(),
                coloured == 0
                    ? "grey"
                    : coloured == looks.size() ? "colour" : coloured + " in colour",
                width,
                height));
  }

  private static void look(EncodedImage image, ImageDecoder decoder, List<Look> looks) {
    try {
      PixelImage pixels = decoder.decode(image.bytes());
      ImageHeader.of(image.bytes())
          .ifPresent(
              header -> looks.add(new Look(header.width(), header.height(), isColoured(pixels))));
    } catch (UndecodableImageException unreadable) {
      // Counted where all images are read.
      return;
    }
  }

  private static boolean isColoured(PixelImage image) {
    int pixels = LOOK.height() * LOOK.width();
    int coloured = 0;
    for (int index = 0; index < pixels; index++) {
      int red = image.valueAt(index);
      int green = image.valueAt(index + pixels);
      int blue = image.valueAt(index + 2 * pixels);
      int spread = Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
      coloured += spread > GREY_SPREAD ? 1 : 0;
    }
    return 50 * coloured > pixels;
  }

  private static int median(IntStream values) {
    int[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
