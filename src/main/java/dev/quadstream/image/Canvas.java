package dev.quadstream.image;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The area that the first frame of an animation lies on. Programs that make animations small cut a
 * frame to what is not transparent, and its codec gives that part alone.
 *
 * <p>Sources: GIF89a, sections 18 and 20; WebP container specification, VP8X and ANMF.
 *
 * @param width columns of the canvas
 * @param height rows of the canvas
 * @param left columns before the frame
 * @param top rows before the frame
 */
record Canvas(int width, int height, int left, int top) {

  private static final int GIF_HEADER = 13;
  private static final int GIF_EXTENSION = 0x21;
  private static final int GIF_FRAME = 0x2C;
  private static final int GIF_FRAME_BYTES = 10;
  private static final int WEBP_CANVAS_END = 30;
  private static final int ANIMATION = 2;
  private static final int ANIMATION_FRAME = 'A' | 'N' << 8 | 'M' << 16 | 'F' << 24;
  private static final int RIFF_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int THREE_BYTES = 0xFFFFFF;

  /** The canvas of a GIF file, or null where its first frame fills it or does not lie in it. */
  static Canvas ofGif(byte[] file) {
    if (file.length < GIF_HEADER) {
      return null;
    }
    ByteBuffer gif = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean palette = (file[10] & 0x80) != 0;
    int at = GIF_HEADER + (palette ? 3 << (file[10] & 7) + 1 : 0);
    while (at + 2 < file.length && file[at] == GIF_EXTENSION) {
      at += 2;
      while (at < file.length && file[at] != 0) {
        at += (file[at] & 0xFF) + 1;
      }
      at++;
    }
    if (at + GIF_FRAME_BYTES > file.length || file[at] != GIF_FRAME) {
      return null;
    }
    Canvas canvas =
        new Canvas(
            unsigned(gif, 6), unsigned(gif, 8), unsigned(gif, at + 1), unsigned(gif, at + 3));
    return canvas.unlessFilledBy(unsigned(gif, at + 5), unsigned(gif, at + 7));
  }

  /** The canvas of an animated WebP file, or null where its first frame fills it. */
  static Canvas ofWebp(byte[] file) {
    if (file.length < WEBP_CANVAS_END || file[15] != 'X' || (file[20] & ANIMATION) == 0) {
      return null;
    }
    ByteBuffer webp = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long chunk = RIFF_HEADER;
    while (chunk + CHUNK_HEADER + 16 <= file.length) {
      int at = (int) chunk;
      if (webp.getInt(at) == ANIMATION_FRAME) {
        int frame = at + CHUNK_HEADER;
        Canvas canvas =
            new Canvas(
                threeBytes(webp, 24) + 1,
                threeBytes(webp, 27) + 1,
                2 * threeBytes(webp, frame),
                2 * threeBytes(webp, frame + 3));
        return canvas.unlessFilledBy(
            threeBytes(webp, frame + 6) + 1, threeBytes(webp, frame + 9) + 1);
      }
      long length = webp.getInt(at + 4) & 0xFFFFFFFFL;
      chunk += CHUNK_HEADER + length + (length & 1);
    }
    return null;
  }

  /** The frame in its place, all else transparent; both are of every so manieth pixel. */
  BufferedImage with(BufferedImage frame, int everyColumn, int everyRow) {
    BufferedImage whole =
        new BufferedImage(
            (width + everyColumn - 1) / everyColumn,
            (height + everyRow - 1) / everyRow,
            BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = whole.createGraphics();
    graphics.drawImage(frame, left / everyColumn, top / everyRow, null);
    graphics.dispose();
    return whole;
  }

  private Canvas unlessFilledBy(int frameWidth, int frameHeight) {
    boolean within = left + frameWidth <= width && top + frameHeight <= height;
    boolean whole = frameWidth == width && frameHeight == height;
    return within && !whole ? this : null;
  }

  private static int unsigned(ByteBuffer file, int at) {
    return file.getShort(at) & 0xFFFF;
  }

  private static int threeBytes(ByteBuffer file, int at) {
    return file.getInt(at) & THREE_BYTES;
  }
}
