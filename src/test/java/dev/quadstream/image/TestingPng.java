package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes PNG files chunk by chunk. */
final class TestingPng {

  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGBA = 6;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private TestingPng() {
    bytes.writeBytes(SIGNATURE);
  }

  /** The beginning of a file: its signature. */
  static TestingPng begin() {
    return new TestingPng();
  }

  /** The beginning of a file: its signature and its header. */
  static TestingPng header(int width, int height, int bits, int colourType) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (DataOutputStream values = new DataOutputStream(header)) {
      values.writeInt(width);
      values.writeInt(height);
      values.write(new byte[] {(byte) bits, (byte) colourType, 0, 0, 0});
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return begin().chunk("IHDR", header.toByteArray());
  }

  TestingPng chunk(String name, byte... data) {
    byte[] named = new byte[4 + data.length];
    System.arraycopy(name.getBytes(ISO_8859_1), 0, named, 0, 4);
    System.arraycopy(data, 0, named, 4, data.length);
    CRC32 checksum = new CRC32();
    checksum.update(named);
    try (DataOutputStream output = new DataOutputStream(bytes)) {
      output.writeInt(data.length);
      output.write(named);
      output.writeInt((int) checksum.getValue());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /** Rows without their filter bytes, the data chunk and the end. */
  byte[] pixels(byte[] samples, int bytesOfARow) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(compressed)) {
      for (int row = 0; row < samples.length; row += bytesOfARow) {
        deflater.write(0);
        deflater.write(samples, row, bytesOfARow);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return chunk("IDAT", compressed.toByteArray()).chunk("IEND").bytes.toByteArray();
  }

  /** A file with one more chunk behind its header. */
  static byte[] withChunk(byte[] png, String name, byte... data) {
    int header = SIGNATURE.length + 12 + 13;
    byte[] chunk = begin().chunk(name, data).bytes.toByteArray();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(png, 0, header);
    file.write(chunk, SIGNATURE.length, chunk.length - SIGNATURE.length);
    file.write(png, header, png.length - header);
    return file.toByteArray();
  }
}
