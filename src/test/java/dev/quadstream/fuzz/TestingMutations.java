package dev.quadstream.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damage to bytes, as networks, disks and attackers do it. Stateless. */
public final class TestingMutations {

  private static final int MAX_AT_ONCE = 4;
  private static final int LONGEST_CHUNK = 64;

  /** What length fields are set to: borders of every width and sign. */
  private static final long[] LENGTHS = {
    0,
    1,
    -1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x00FF_FFFF,
    0x7FFF_FFFF,
    0x8000_0000L,
    0xFFFF_FFFFL,
    0x7FFF_FFFF_FFFF_FFFFL,
    Long.MIN_VALUE
  };

  private static final byte[][] NOT_UTF8 = {
    {(byte) 0xC3, (byte) 0x28},
    {(byte) 0xFF},
    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
    {(byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80},
    {(byte) 0xC0, (byte) 0x80}
  };

  private TestingMutations() {}

  /**
   * The bytes with up to {@value #MAX_AT_ONCE} mutations; the original is left as it is.
   *
   * @param others what parts are spliced in from
   */
  public static byte[] mutate(byte[] original, List<byte[]> others, SplittableRandom random) {
    byte[] bytes = original.clone();
    for (int i = 1 + random.nextInt(MAX_AT_ONCE); i > 0; i--) {
      bytes = mutateOnce(bytes, others, random);
    }
    return bytes;
  }

  private static byte[] mutateOnce(byte[] bytes, List<byte[]> others, SplittableRandom random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    return switch (random.nextInt(9)) {
      case 0, 1 -> flipBits(bytes, random);
      case 2 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 3 -> splice(bytes, others.get(random.nextInt(others.size())), random);
      case 4, 5 -> setLength(bytes, random);
      case 6 -> repeatChunk(bytes, random);
      case 7 -> insert(bytes, NOT_UTF8[random.nextInt(NOT_UTF8.length)], random);
      default -> overwriteChunk(bytes, random);
    };
  }

  private static byte[] flipBits(byte[] bytes, SplittableRandom random) {
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      bytes[place(bytes.length, random)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  /** The head of one and the tail of the other. */
  private static byte[] splice(byte[] head, byte[] tail, SplittableRandom random) {
    int from = random.nextInt(tail.length + 1);
    return join(
        Arrays.copyOf(head, random.nextInt(head.length)),
        Arrays.copyOfRange(tail, from, tail.length));
  }

  /** A border value in 1, 2, 4 or 8 bytes of either order. */
  private static byte[] setLength(byte[] bytes, SplittableRandom random) {
    long value = LENGTHS[random.nextInt(LENGTHS.length)];
    int width = 1 << random.nextInt(4);
    boolean littleEndian = random.nextBoolean();
    int start = place(bytes.length, random);
    for (int i = 0; i < width && start + i < bytes.length; i++) {
      int shift = 8 * (littleEndian ? i : width - 1 - i);
      bytes[start + i] = (byte) (value >>> shift);
    }
    return bytes;
  }

  private static byte[] repeatChunk(byte[] bytes, SplittableRandom random) {
    int start = random.nextInt(bytes.length);
    int end = Math.min(bytes.length, start + 1 + random.nextInt(LONGEST_CHUNK));
    ByteArrayOutputStream repeated = new ByteArrayOutputStream();
    repeated.write(bytes, 0, start);
    for (int times = random.nextInt(4); times > 0; times--) {
      repeated.write(bytes, start, end - start);
    }
    repeated.write(bytes, end, bytes.length - end);
    return repeated.toByteArray();
  }

  private static byte[] insert(byte[] bytes, byte[] inserted, SplittableRandom random) {
    int at = random.nextInt(bytes.length + 1);
    return join(
        join(Arrays.copyOf(bytes, at), inserted), Arrays.copyOfRange(bytes, at, bytes.length));
  }

  private static byte[] overwriteChunk(byte[] bytes, SplittableRandom random) {
    int start = place(bytes.length, random);
    int end = Math.min(bytes.length, start + 1 + random.nextInt(LONGEST_CHUNK));
    int kind = random.nextInt(3);
    for (int i = start; i < end; i++) {
      bytes[i] = kind == 0 ? 0 : kind == 1 ? (byte) 0xFF : (byte) random.nextInt();
    }
    return bytes;
  }

  /** Half of the time among the first bytes, where formats keep what they announce. */
  private static int place(int length, SplittableRandom random) {
    return random.nextInt(random.nextBoolean() ? length : Math.min(length, LONGEST_CHUNK));
  }

  private static byte[] join(byte[] head, byte[] tail) {
    byte[] joined = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, joined, head.length, tail.length);
    return joined;
  }
}
