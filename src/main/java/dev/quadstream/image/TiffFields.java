package dev.quadstream.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The whole numbers in the first directory of a TIFF file, and of an EXIF block, which is one.
 *
 * <p>A directory that is broken has the fields that were met before it broke: what a camera or an
 * editor wrote badly is no reason to refuse a sound picture. That is also why the EXIF reader of
 * the codecs' library is not used: it follows every directory and fails as a whole on the first bad
 * one.
 */
final class TiffFields {

  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int BITS = 258;
  static final int COMPRESSION = 259;
  static final int INTERPRETATION = 262;
  static final int STRIPS = 273;
  static final int ORIENTATION = 274;
  static final int SAMPLES = 277;
  static final int STRIP_LENGTHS = 279;
  static final int LARGEST_SAMPLE = 281;
  static final int TILES = 324;
  static final int TILE_LENGTHS = 325;
  static final int EXTRA_SAMPLES = 338;
  static final int SAMPLE_FORMAT = 339;
  static final int OLD_JPEG_FILE = 513;
  static final int PROFILE = 34675;
  static final int DNG_VERSION = 50706;

  private static final int UNDEFINED = 7;
  private static final int MAGIC = 42;
  private static final int BIG_MAGIC = 43;
  private static final int MAX_VALUES = 16;

  /** Strips and tiles, and their lengths, in all: a sender chooses how many there are. */
  private static final int MAX_PLACES = 1 << 18;

  /** Where the picture's data are. */
  private static final Set<Integer> PLACES =
      Set.of(STRIPS, STRIP_LENGTHS, TILES, TILE_LENGTHS, OLD_JPEG_FILE);

  /** Of several fields that say what the data are each may be the one that is read. */
  private static final Set<Integer> KINDS = Set.of(COMPRESSION, SAMPLES);

  private static final int MAX_ENTRIES = 4_096;

  private final Map<Integer, long[]> fields = new HashMap<>();
  private int places;
  private boolean hasMorePlaces;
  private byte[] profile = {};
  private int profileEntry;

  private TiffFields() {}

  /** The fields of the structure that begins at {@code from}; none where there is no such one. */
  static TiffFields of(byte[] file, int from, int to) {
    TiffFields found = new TiffFields();
    if (to - from < 8) {
      return found;
    }
    ByteBuffer tiff = ByteBuffer.wrap(file, from, to - from).slice();
    short order = tiff.getShort(0);
    if (order != 0x4949 && order != 0x4D4D) {
      return found;
    }
    tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int magic = tiff.getShort(2);
    if (magic == MAGIC) {
      found.read(tiff, tiff.getInt(4) & 0xFFFFFFFFL, false);
    } else if (magic == BIG_MAGIC && tiff.limit() >= 16) {
      found.read(tiff, tiff.getLong(8), true);
    }
    return found;
  }

  /**
   * Values of a field; empty where it is absent. Of those that say where data are all, unless there
   * are {@link #hasMorePlaces more}, and at most {@value #MAX_VALUES} of others.
   */
  long[] all(int tag) {
    return fields.getOrDefault(tag, new long[0]);
  }

  /** Whether the file has more strips and tiles than are looked at. */
  boolean hasMorePlaces() {
    return hasMorePlaces;
  }

  /** The first value of a field. */
  long first(int tag, long otherwise) {
    long[] values = all(tag);
    return values.length == 0 ? otherwise : values[0];
  }

  /** A copy of a TIFF file whose codec sees no colour profile. */
  byte[] withoutProfile(byte[] file) {
    byte[] copy = file.clone();
    if (profile.length > 0) {
      // Nothing has the tag 0.
      copy[profileEntry] = 0;
      copy[profileEntry + 1] = 0;
    }
    return copy;
  }

  /** The colour profile, whatever it is; empty where there is none. */
  byte[] profile() {
    return profile;
  }

  private void read(ByteBuffer tiff, long directory, boolean big) {
    int countLength = big ? 8 : 2;
    if (!holds(tiff, directory, countLength)) {
      return;
    }
    int at = (int) directory;
    long count = big ? tiff.getLong(at) : tiff.getShort(at) & 0xFFFF;
    int entryLength = big ? 20 : 12;
    for (int i = 0; i < Math.min(count, MAX_ENTRIES); i++) {
      long entry = directory + countLength + (long) i * entryLength;
      if (!holds(tiff, entry, entryLength)) {
        return;
      }
      readEntry(tiff, (int) entry, big);
    }
  }

  private void readEntry(ByteBuffer tiff, int entry, boolean big) {
    int size = bytesOf(tiff.getShort(entry + 2));
    long count = big ? tiff.getLong(entry + 4) : tiff.getInt(entry + 4) & 0xFFFFFFFFL;
    if (size == 0 || count < 1) {
      return;
    }
    int inline = entry + (big ? 12 : 8);
    boolean fits = count * size <= (big ? 8 : 4);
    long at = fits ? inline : big ? tiff.getLong(inline) : tiff.getInt(inline) & 0xFFFFFFFFL;
    int tag = tiff.getShort(entry) & 0xFFFF;
    if (tag == PROFILE && size == 1 && count <= tiff.limit() && holds(tiff, at, count)) {
      profile = new byte[(int) count];
      tiff.get((int) at, profile);
      profileEntry = entry;
      return;
    }
    boolean isPlace = PLACES.contains(tag);
    if (isPlace && count > MAX_PLACES - places) {
      hasMorePlaces = true;
      return;
    }
    int values = (int) Math.min(count, isPlace ? MAX_PLACES : MAX_VALUES);
    if (!holds(tiff, at, (long) values * size)) {
      return;
    }
    places += isPlace ? values : 0;
    long[] numbers = new long[values];
    for (int i = 0; i < values; i++) {
      numbers[i] = number(tiff, (int) at + i * size, size);
    }
    fields.merge(
        tag,
        numbers,
        (first, second) ->
            isPlace || KINDS.contains(tag)
                ? LongStream.concat(LongStream.of(first), LongStream.of(second)).toArray()
                : first);
  }

  private static boolean holds(ByteBuffer tiff, long at, long length) {
    return at >= 0 && at <= tiff.limit() - length;
  }

  /** Of one value; 0 for types that are neither bytes nor whole numbers. */
  private static int bytesOf(int type) {
    return switch (type) {
      case 1, UNDEFINED -> 1;
      case 3 -> 2;
      case 4 -> 4;
      case 16 -> 8;
      default -> 0;
    };
  }

  private static long number(ByteBuffer tiff, int at, int size) {
    return switch (size) {
      case 1 -> tiff.get(at) & 0xFF;
      case 2 -> tiff.getShort(at) & 0xFFFF;
      case 4 -> tiff.getInt(at) & 0xFFFFFFFFL;
      default -> tiff.getLong(at);
    };
  }
}
