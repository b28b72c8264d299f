package dev.quadstream.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Writes TIFF structures, for files and for EXIF: one directory, one strip. */
final class TestingTiff {

  static final int IMAGE_WIDTH = 256;
  static final int BITS_PER_SAMPLE = 258;
  static final int PHOTOMETRIC = 262;
  static final int SAMPLES_PER_PIXEL = 277;

  static final int BYTE = 1;
  static final int SHORT = 3;
  static final int LONG = 4;
  static final int UNDEFINED = 7;

  private final ByteOrder order;
  private final boolean big;
  private final Map<Integer, Field> fields = new TreeMap<>();
  private byte[] data = new byte[0];

  private TestingTiff(ByteOrder order, boolean big) {
    this.order = order;
    this.big = big;
  }

  static TestingTiff of(ByteOrder order) {
    return new TestingTiff(order, false);
  }

  static TestingTiff big(ByteOrder order) {
    return new TestingTiff(order, true);
  }

  /** An EXIF block that says nothing but how the picture was held. */
  static byte[] exif(ByteOrder order, int orientation) {
    return of(order).with(TiffFields.ORIENTATION, SHORT, orientation).encode();
  }

  TestingTiff with(int tag, int type, long... values) {
    fields.put(tag, new Field(type, values));
    return this;
  }

  /** The pixels, uncompressed, and the fields that describe them. */
  TestingTiff picture(
      int width, int height, int photometric, int samples, int bits, byte[] pixels) {
    data = pixels;
    long[] bitsPerSample = new long[samples];
    Arrays.fill(bitsPerSample, bits);
    return with(IMAGE_WIDTH, LONG, width)
        .with(257, LONG, height)
        .with(BITS_PER_SAMPLE, SHORT, bitsPerSample)
        .with(TiffFields.COMPRESSION, SHORT, 1)
        .with(PHOTOMETRIC, SHORT, photometric)
        .with(273, LONG, big ? 16 : 8)
        .with(SAMPLES_PER_PIXEL, SHORT, samples)
        .with(278, LONG, height)
        .with(279, LONG, pixels.length);
  }

  byte[] encode() {
    int header = big ? 16 : 8;
    int outside = header + data.length + (data.length & 1);
    int directory = outside;
    for (Field field : fields.values()) {
      directory += field.fits(big) ? 0 : field.length() + (field.length() & 1);
    }
    int entry = big ? 20 : 12;
    int count = big ? 8 : 2;
    int end = directory + count + fields.size() * entry + (big ? 8 : 4);
    ByteBuffer file = ByteBuffer.allocate(end).order(order);
    file.put(order == ByteOrder.LITTLE_ENDIAN ? new byte[] {'I', 'I'} : new byte[] {'M', 'M'});
    if (big) {
      file.putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(directory);
    } else {
      file.putShort((short) 42).putInt(directory);
    }
    file.put(data);
    file.position(directory);
    if (big) {
      file.putLong(fields.size());
    } else {
      file.putShort((short) fields.size());
    }
    for (Map.Entry<Integer, Field> each : fields.entrySet()) {
      Field field = each.getValue();
      int next = file.position() + entry;
      file.putShort(each.getKey().shortValue()).putShort((short) field.type);
      if (big) {
        file.putLong(field.values.length);
      } else {
        file.putInt(field.values.length);
      }
      if (!field.fits(big)) {
        if (big) {
          file.putLong(outside);
        } else {
          file.putInt(outside);
        }
        file.position(outside);
        outside += field.length() + (field.length() & 1);
      }
      field.write(file);
      file.position(next);
    }
    return file.array();
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Field(int type, long[] values) {

    int length() {
      return values.length * size();
    }

    boolean fits(boolean big) {
      return length() <= (big ? 8 : 4);
    }

    private int size() {
      return type == SHORT ? 2 : type == LONG ? 4 : 1;
    }

    void write(ByteBuffer file) {
      for (long value : values) {
        switch (size()) {
          case 2 -> file.putShort((short) value);
          case 4 -> file.putInt((int) value);
          default -> file.put((byte) value);
        }
      }
    }
  }
}
