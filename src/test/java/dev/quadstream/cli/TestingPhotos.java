package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quadstream.dataset.Icon;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconPose;
import dev.quadstream.image.PixelImage;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/**
 * A folder as people copy it off their phones: photos of things, one folder a thing, named in three
 * scripts. Half of them are in portrait, which is in EXIF alone; some have a film behind the
 * picture, some are there twice, and there is what is no photo or in no format that is read.
 */
final class TestingPhotos {

  private static final String[] SCRIPTS = {"thing %02d", "вещь %02d", "品物 %02d"};
  private static final int PORTRAIT = 6;
  private static final int OTHER_PORTRAIT = 8;

  private final Path root;
  private final int width;
  private final SplittableRandom random = new SplittableRandom(22);
  private final Map<String, String> unusable = new TreeMap<>();
  private int copies;

  private TestingPhotos(Path root, int width) {
    this.root = root;
    this.width = width;
  }

  /**
   * Makes a folder.
   *
   * @param width of a photo in landscape, in pixels; it is 4 : 3
   */
  static TestingPhotos in(Path root, int things, int photos, int width) throws IOException {
    TestingPhotos folder = new TestingPhotos(root, width);
    folder.takePhotos(things, photos);
    folder.leaveOthers();
    return folder;
  }

  Path root() {
    return root;
  }

  /** Each file that cannot be used, below the root, with words of the reason. */
  Map<String, String> unusable() {
    return unusable;
  }

  /** Files that are another's twin. */
  int copies() {
    return copies;
  }

  private void takePhotos(int things, int photos) throws IOException {
    IconCatalog catalog = IconCatalog.shared();
    for (int photo = 0; photo < photos; photo++) {
      int thing = photo % things;
      String folder = folder(thing);
      Icon icon = catalog.icons(catalog.concepts().get(thing * 5)).get(0);
      boolean portrait = photo / things % 2 == 1;
      byte[] jpeg = photo(icon, thing, portrait ? oneOfBoth(photo) : 1);
      String name = "%s/IMG_%04d.jpg".formatted(folder, photo);
      byte[] bytes = photo % 10 == 3 ? joined(jpeg, film()) : jpeg;
      write(name, bytes);
      if (photo % 40 == 0) {
        write("%s/IMG_%04d (1).jpg".formatted(folder, photo), bytes);
        copies++;
      }
      if (photo % 25 == 7) {
        refuse("%s/IMG_%04d.HEIC".formatted(folder, photo), heic(), "HEIC");
      }
      if (photo % 60 == 11) {
        refuse("%s/IMG_%04dE.jpg".formatted(folder, photo), heic(), "HEIC");
      }
      if (photo % 70 == 13) {
        byte[] half = Arrays.copyOf(jpeg, jpeg.length / 2);
        refuse("%s/half_%04d.jpg".formatted(folder, photo), half, "damaged or truncated");
      }
    }
  }

  /** A class in Japanese, one in Russian, one whose name a Mac decomposes. */
  private static String folder(int thing) {
    String name = SCRIPTS[thing % SCRIPTS.length].formatted(thing);
    return thing % 7 == 0 ? Normalizer.normalize(name + " é", Normalizer.Form.NFD) : name;
  }

  private static int oneOfBoth(int photo) {
    return photo % 3 == 0 ? OTHER_PORTRAIT : PORTRAIT;
  }

  private void leaveOthers() throws IOException {
    String folder = folder(1);
    refuse(folder + "/.DS_Store", new byte[] {0, 0, 0, 1}, "hidden");
    refuse(folder + "/Thumbs.db", new byte[] {1, 2, 3}, "no image");
    refuse(folder + "/empty.jpg", new byte[0], "empty");
    refuse(folder + "/clip.MOV", ("\0\0\0\u0014ftypqt  ").getBytes(ISO_8859_1), "QuickTime");
    refuse("notes.txt", "where I took them".getBytes(ISO_8859_1), "no image");
    for (int photo = 0; photo < 3; photo++) {
      refuse("только HEIC/IMG_%d.HEIC".formatted(photo), heic(), "HEIC");
    }
    byte[] twelveBits = photo(icon(), 1, 1);
    twelveBits[frame(twelveBits) + 4] = 12;
    refuse(folder + "/raw.jpg", twelveBits, "form that is not read");
  }

  private static Icon icon() {
    IconCatalog catalog = IconCatalog.shared();
    return catalog.icons(catalog.concepts().get(0)).get(0);
  }

  /** The thing in its colour on some table, from somewhere, in some light. */
  private byte[] photo(Icon icon, int thing, int orientation) throws IOException {
    int height = width * 3 / 4;
    boolean portrait = orientation != 1;
    BufferedImage upright =
        new BufferedImage(
            portrait ? height : width, portrait ? width : height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = upright.createGraphics();
    graphics.setPaint(
        new GradientPaint(0, 0, table(), upright.getWidth(), upright.getHeight(), table()));
    graphics.fillRect(0, 0, upright.getWidth(), upright.getHeight());
    graphics.dispose();
    IconPose pose =
        new IconPose(0, 0, random.nextDouble() * 0.5 - 0.25, 0.8 + 0.3 * random.nextDouble());
    float light = 0.7f + 0.3f * (float) random.nextDouble();
    int colour = Color.HSBtoRGB(thing * 0.381f % 1, 0.9f, light);
    paint(
        upright,
        IconCatalog.shared().render(icon, pose, width / 2),
        random.nextInt(Math.max(1, upright.getWidth() - width / 2)),
        random.nextInt(Math.max(1, upright.getHeight() - width / 2)),
        colour);
    return withOrientation(jpeg(stored(upright, orientation)), orientation);
  }

  private Color table() {
    int grey = 120 + random.nextInt(110);
    return new Color(grey, grey - random.nextInt(20), grey - random.nextInt(40));
  }

  private static void paint(BufferedImage canvas, PixelImage thing, int left, int top, int colour) {
    int side = thing.shape().width();
    for (int i = 0; i < side * side; i++) {
      int x = left + i % side;
      int y = top + i / side;
      if (thing.valueAt(i) < 128 && x < canvas.getWidth() && y < canvas.getHeight()) {
        canvas.setRGB(x, y, colour);
      }
    }
  }

  /** As the sensor read it: CIPA DC-008, row 0 is at the right-hand side in 6, at the left in 8. */
  private static BufferedImage stored(BufferedImage upright, int orientation) {
    if (orientation == 1) {
      return upright;
    }
    int right = upright.getWidth() - 1;
    int bottom = upright.getHeight() - 1;
    BufferedImage stored = new BufferedImage(bottom + 1, right + 1, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row <= right; row++) {
      for (int column = 0; column <= bottom; column++) {
        stored.setRGB(
            column,
            row,
            orientation == PORTRAIT
                ? upright.getRGB(right - row, column)
                : upright.getRGB(row, bottom - column));
      }
    }
    return stored;
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", bytes);
    return bytes.toByteArray();
  }

  /** With an EXIF segment that says the orientation and nothing else. */
  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    byte[] exif =
        HexFormat.of()
            .parseHex(
                "ffe10022457869660000" // APP1 of 34 bytes, "Exif"
                    + "49492a0008000000" // little-endian TIFF, its directory at 8
                    + "0100" // one entry
                    + "1201030001000000" // orientation, one short
                    + "%02x000000".formatted(orientation)
                    + "00000000"); // no other directory
    return joined(Arrays.copyOf(jpeg, 2), exif, Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  private static int frame(byte[] jpeg) {
    for (int i = 2; i < jpeg.length; i++) {
      if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == 0xC0) {
        return i;
      }
    }
    throw new IllegalStateException("no frame");
  }

  /** What a motion photo has behind its picture, with an end marker of its own. */
  private byte[] film() {
    byte[] film = new byte[600];
    for (int i = 0; i < film.length; i++) {
      film[i] = (byte) random.nextInt();
    }
    return joined(
        "MotionPhoto_Data\0\0\0\u0018ftypmp42".getBytes(ISO_8859_1), film, new byte[] {-1, -39});
  }

  private byte[] heic() {
    byte[] rest = new byte[400];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (byte) random.nextInt();
    }
    return joined("\0\0\0\u0018ftypheic".getBytes(ISO_8859_1), rest);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void refuse(String name, byte[] bytes, String why) throws IOException {
    write(name, bytes);
    unusable.put(Normalizer.normalize(name, Normalizer.Form.NFC), why);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
