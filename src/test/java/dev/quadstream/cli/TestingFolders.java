package dev.quadstream.cli;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Small folders {@code class/image} whose classes can be told apart. */
final class TestingFolders {

  private static final ImageShape SHAPE = new ImageShape(1, 32, 32);

  private TestingFolders() {}

  /** Stripes of a period that is the class's own, each image shifted and with noise. */
  static Path striped(Path folder, int classes, int imagesOfEach) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    for (int label = 0; label < classes; label++) {
      Path directory = Files.createDirectories(folder.resolve("class-" + label));
      for (int image = 0; image < imagesOfEach; image++) {
        Files.write(directory.resolve(image + ".png"), stripes(label + 2, random));
      }
    }
    return folder;
  }

  private static byte[] stripes(int period, SplittableRandom random) {
    byte[] pixels = new byte[SHAPE.size()];
    int shift = random.nextInt(period);
    for (int i = 0; i < pixels.length; i++) {
      int column = i % SHAPE.width() + shift;
      pixels[i] = (byte) ((column / period % 2 == 0 ? 200 : 20) + random.nextInt(40));
    }
    return PixelImages.toPng(new PixelImage(SHAPE, pixels));
  }

  /** IDX files of one part: blank images of two classes in turn. */
  static void idx(Path directory, String part, int count) throws IOException {
    int side = 8;
    ByteBuffer images = ByteBuffer.allocate(16 + count * side * side);
    images.putInt(0x00000803).putInt(count).putInt(side).putInt(side);
    Files.write(directory.resolve(part + "-images-idx3-ubyte"), images.array());
    ByteBuffer labels = ByteBuffer.allocate(8 + count);
    labels.putInt(0x00000801).putInt(count);
    for (int i = 0; i < count; i++) {
      labels.put((byte) (i % 2));
    }
    Files.write(directory.resolve(part + "-labels-idx1-ubyte"), labels.array());
  }
}
