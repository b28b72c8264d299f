package dev.quadstream.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The structure of a JPEG file: what its frame asks of a codec, and where its picture ends.
 *
 * <p>Cameras put films, second pictures and notes of their own behind a picture's end, and some
 * leave the end marker out, so the picture ends with its own end marker or with its last scan,
 * whatever comes after. Zeros up to the file's end are no part of a scan, nor are long runs of them
 * within one, though a codec would make a picture of them.
 *
 * <p>Source: ITU-T T.81, annexes B and G.
 */
final class JpegFile {

  private static final int MARKER = 0xFF;
  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int HIERARCHICAL = 0xDE;
  private static final int APP1 = 0xE1;
  private static final int PROGRESSIVE = 0xC2;
  private static final int JPEG_LS = 0xF7;
  private static final int COEFFICIENTS = 64;
  private static final int BYTES_OF_A_BLOCK = 2 * COEFFICIENTS;

  /** What a scan costs beside its blocks, in blocks. */
  private static final int BLOCKS_OF_A_SCAN = 256;

  /** So many zeros can be the end of a scan; more are what a disk or a download did not write. */
  private static final int MAX_ZEROS_OF_A_SCAN = 8;

  /**
   * So many zeros within a scan are a hole, unless they say that block after block is flat. A block
   * that is not flat would have 63 times the same coefficient.
   */
  private static final int ZEROS_OF_A_HOLE = 128;

  private static final int HUFFMAN_TABLES = 0xC4;
  private static final int RESTART_INTERVAL = 0xDD;
  private static final int LENGTHS = 16;
  private static final int END_OF_BLOCK = 0;

  private static final int MISSING = -1;

  private final byte[] file;
  private final ByteArrayOutputStream beforeStrayBytes = new ByteArrayOutputStream();
  private int behindStrayBytes;
  private int frame = MISSING;
  private int precision;
  private boolean heightIsLeftOut;
  private int[] components = new int[0];
  private long[] blocks = new long[0];

  /**
   * Blocks of a component without those beyond the picture, which a scan of it alone leaves out.
   */
  private long[] blocksWithin = new long[0];

  /** What a scan of several components consists of. */
  private long units;

  private int restartInterval;
  private long restartsDue;
  private boolean lacksRestarts;

  /** The lowest bit of each coefficient that a scan has brought, by component. */
  private int[][] lowestBit = new int[0][];

  /** Whether zeros end a block, by the tables of coefficients. A file may leave the usual out. */
  private final boolean[] zerosAreFlat = new boolean[4];

  private boolean scanMayBeZeros;
  private boolean hasHole;
  private int scans;
  private int end;
  private boolean hasEndMarker;
  private Orientation orientation;

  private JpegFile(byte[] file) {
    this.file = file;
  }

  /**
   * Reads the structure; what is broken in it is for the codec to say.
   *
   * @throws UnreadFormException if it is a kind of JPEG that the codec does not read
   */
  static JpegFile of(byte[] file) throws UnreadFormException {
    JpegFile jpeg = new JpegFile(file);
    jpeg.walk();
    jpeg.requireRead();
    return jpeg;
  }

  /** The file without what stands between the segments of its header, for which a codec warns. */
  byte[] bytes() {
    if (behindStrayBytes == 0) {
      return file;
    }
    ByteArrayOutputStream clean = new ByteArrayOutputStream(file.length);
    clean.writeBytes(beforeStrayBytes.toByteArray());
    clean.write(file, behindStrayBytes, file.length - behindStrayBytes);
    return clean.toByteArray();
  }

  /** Where the picture ends in these bytes, exclusive. */
  int end() {
    return end - (behindStrayBytes - beforeStrayBytes.size());
  }

  /** What brings the picture upright. */
  Orientation orientation() {
    return orientation == null ? Orientation.AS_IT_IS : orientation;
  }

  /** Native memory that the codec takes for coefficients: all of them where scans follow scans. */
  long coefficientBytes() {
    boolean kept = frame == PROGRESSIVE || scans > 1;
    return kept ? Arrays.stream(blocks).sum() * BYTES_OF_A_BLOCK : 0;
  }

  /**
   * Blocks of 8 × 8 samples that all scans go over, with what a scan costs beside. The codec makes
   * the whole picture anew after each, however few components it brings.
   */
  long scannedBlocks() {
    return scans * (BLOCKS_OF_A_SCAN + Arrays.stream(blocks).sum());
  }

  /**
   * Whether the scans bring the whole picture. A progressive file may do with fewer bits, if it
   * says that this is its end.
   */
  boolean isComplete() {
    for (int[] bits : lowestBit) {
      if (bits[0] == MISSING || (!hasEndMarker && Arrays.stream(bits).anyMatch(bit -> bit != 0))) {
        return false;
      }
    }
    return scans > 0;
  }

  /** Whether zeros stand where a part of the picture was, as a download or a disk leaves them. */
  boolean hasHole() {
    return hasHole;
  }

  /** Whether parts of the picture, which restart markers tell from each other, are missing. */
  boolean lacksRestarts() {
    return lacksRestarts;
  }

  private void requireRead() throws UnreadFormException {
    if (frame == MISSING) {
      return;
    }
    if (frame == JPEG_LS) {
      throw new UnreadFormException("a JPEG-LS image");
    }
    if (frame == HIERARCHICAL || (frame & 0x07) > 4) {
      throw new UnreadFormException("a hierarchical JPEG");
    }
    if (frame > 0xC8) {
      throw new UnreadFormException("an arithmetic-coded JPEG");
    }
    if ((frame & 0x03) == 3) {
      throw new UnreadFormException("a lossless JPEG");
    }
    if (precision != 8) {
      throw new UnreadFormException("a JPEG of %d bits a sample, not 8".formatted(precision));
    }
    if (heightIsLeftOut) {
      throw new UnreadFormException("a JPEG that tells its height behind its data (DNL)");
    }
  }

  private void walk() {
    int at = 2;
    while (true) {
      int marked = nextMarker(at);
      if (marked >= file.length) {
        end = at;
        return;
      }
      passOver(at, marked);
      at = marked;
      end = at;
      int marker = at(at + 1);
      if (marker == END_OF_IMAGE) {
        end = at + 2;
        hasEndMarker = true;
        return;
      }
      if (scans > 0 && (isWholeWithoutMore() || !mayFollowAScan(marker))) {
        return;
      }
      if (marker == START_OF_IMAGE || isWithoutLength(marker)) {
        at += 2;
        continue;
      }
      int next = at + 2 + length(at);
      if (length(at) < 2 || next > file.length) {
        end = scans > 0 ? at : file.length;
        return;
      }
      segment(marker, at + 4, next);
      at = marker == START_OF_SCAN ? behindScan(next) : next;
    }
  }

  private void passOver(int from, int to) {
    if (scans == 0 && from < to) {
      beforeStrayBytes.write(file, behindStrayBytes, from - behindStrayBytes);
      behindStrayBytes = to;
    }
  }

  private void segment(int marker, int from, int to) {
    if (isFrame(marker)) {
      frame(marker, from, to);
    } else if (marker == START_OF_SCAN) {
      scan(from, to);
    } else if (marker == HUFFMAN_TABLES) {
      tables(from, to);
    } else if (marker == RESTART_INTERVAL && to - from >= 2) {
      restartInterval = at(from) << 8 | at(from + 1);
    } else if (marker == APP1 && orientation == null && Exif.isPrefixed(file, from, to)) {
      orientation = Exif.orientation(file, from, to);
    }
  }

  private void frame(int marker, int from, int to) {
    if (frame != MISSING) {
      return;
    }
    frame = marker;
    if (to - from < 6) {
      return;
    }
    precision = at(from);
    int height = at(from + 1) << 8 | at(from + 2);
    int width = at(from + 3) << 8 | at(from + 4);
    heightIsLeftOut = height == 0;
    int count = Math.min(at(from + 5), (to - from - 6) / 3);
    components = new int[count];
    blocks = new long[count];
    blocksWithin = new long[count];
    lowestBit = new int[count][COEFFICIENTS];
    int most = 1;
    int highest = 1;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, at(from + 7 + 3 * i) >> 4);
      highest = Math.max(highest, at(from + 7 + 3 * i) & 15);
    }
    units = blocks(width, most) * blocks(height, highest);
    for (int i = 0; i < count; i++) {
      components[i] = at(from + 6 + 3 * i);
      int sampling = at(from + 7 + 3 * i);
      blocks[i] = units * (sampling >> 4) * (sampling & 15);
      int columns = (width * (sampling >> 4) + most - 1) / most;
      int rows = (height * (sampling & 15) + highest - 1) / highest;
      blocksWithin[i] = blocks(columns, 1) * blocks(rows, 1);
      Arrays.fill(lowestBit[i], MISSING);
    }
  }

  private static long blocks(int side, int sampling) {
    return (side + 8L * sampling - 1) / (8L * sampling);
  }

  /** The code of zeros alone is that of a table's first symbol. */
  private void tables(int from, int to) {
    int at = from;
    while (at + LENGTHS + 1 < to) {
      int symbols = 0;
      for (int length = 1; length <= LENGTHS; length++) {
        symbols += at(at + length);
      }
      if (at(at) >> 4 == 1) {
        zerosAreFlat[at(at) & 3] = at(at + LENGTHS + 1) == END_OF_BLOCK;
      }
      at += LENGTHS + 1 + symbols;
    }
  }

  private void scan(int from, int to) {
    scans++;
    scanMayBeZeros = true;
    restartsDue = 0;
    int count = to > from ? at(from) : 0;
    int selection = from + 1 + 2 * count;
    if (selection + 3 > to) {
      return;
    }
    boolean progressive = (frame & 0x03) == 2;
    for (int i = 0; i < count; i++) {
      scanMayBeZeros &= progressive || zerosAreFlat[at(from + 2 + 2 * i) & 3];
    }
    int first = progressive ? Math.min(at(selection), COEFFICIENTS - 1) : 0;
    int last = progressive ? Math.min(at(selection + 1), COEFFICIENTS - 1) : COEFFICIENTS - 1;
    int bit = progressive ? at(selection + 2) & 15 : 0;
    for (int i = 0; i < count; i++) {
      for (int component = 0; component < components.length; component++) {
        if (components[component] == at(from + 1 + 2 * i)) {
          Arrays.fill(lowestBit[component], first, Math.max(first, last + 1), bit);
          long parts = count == 1 ? blocksWithin[component] : units;
          restartsDue = restartInterval == 0 ? 0 : (parts - 1) / restartInterval;
        }
      }
    }
  }

  /** Of a sequential frame, each component has one scan: what follows then is not the picture. */
  private boolean isWholeWithoutMore() {
    return frame != PROGRESSIVE && isComplete();
  }

  private int behindScan(int from) {
    int at = from;
    int zeros = 0;
    long restarts = 0;
    while (at + 1 < file.length) {
      // Scanners go on writing behind the picture, restart markers too.
      boolean restart = isRestart(at(at + 1)) && restarts < restartsDue;
      boolean escaped = at(at + 1) == 0 || restart;
      boolean isMarker = at(at) == MARKER && !escaped && at(at + 1) != MARKER;
      if (file[at] != 0 && zeros >= ZEROS_OF_A_HOLE && !scanMayBeZeros) {
        // Behind the last scan some cameras leave room for what follows.
        hasHole |= !isMarker || at(at + 1) == END_OF_IMAGE;
      }
      if (isMarker) {
        break;
      }
      restarts += at(at) == MARKER && restart ? 1 : 0;
      zeros = file[at] == 0 ? zeros + 1 : 0;
      at++;
    }
    lacksRestarts |= restarts < restartsDue;
    return at + 1 < file.length ? at : behindLastOfScan(from);
  }

  private int behindLastOfScan(int from) {
    int last = file.length;
    while (last > from && file[last - 1] == 0) {
      last--;
    }
    return Math.min(file.length, last + MAX_ZEROS_OF_A_SCAN);
  }

  private int nextMarker(int from) {
    int at = from;
    while (at + 1 < file.length) {
      if (at(at) == MARKER && at(at + 1) != MARKER && at(at + 1) != 0) {
        return at;
      }
      at++;
    }
    return file.length;
  }

  private int length(int marker) {
    return marker + 4 > file.length ? 0 : at(marker + 2) << 8 | at(marker + 3);
  }

  private int at(int index) {
    return file[index] & 0xFF;
  }

  private static boolean isFrame(int marker) {
    boolean start = marker >= 0xC0 && marker <= 0xCF;
    boolean table = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    return start && !table || marker == HIERARCHICAL || marker == JPEG_LS;
  }

  /** Tables, notes and the next scan. */
  private static boolean mayFollowAScan(int marker) {
    boolean table = marker == 0xC4 || marker == 0xCC || (marker >= 0xDA && marker <= 0xDD);
    return table || (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
  }

  private static boolean isRestart(int marker) {
    return marker >= 0xD0 && marker <= 0xD7;
  }

  private static boolean isWithoutLength(int marker) {
    return isRestart(marker) || marker == 0x01;
  }
}
