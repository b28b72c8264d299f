package dev.quadstream.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Turns an encoded image of any format that ImageIO and TwelveMonkeys read into the pixels that the
 * network takes.
 *
 * <p>The first frame is read, and laid upright as its EXIF says. What is transparent lies over a
 * ground, colour becomes luma (ITU-R BT.601) when the target is grey, and the image is stretched to
 * the target without keeping its aspect ratio, as is usual in re-identification (Chen et al., CVPR
 * 2017, resize every person to one size): shrinking averages over the covered area, enlarging
 * interpolates.
 *
 * <p>Very large images are read at a reduced resolution that still leaves {@value
 * #SAMPLES_PER_TARGET_PIXEL} samples along each side of a target pixel, so that memory is bounded
 * by the target and not by the sender. All decoders of a process share the memory that they work
 * with, a quarter of its heap.
 *
 * <p>Deterministic and thread-safe.
 */
public final class ImageDecoder {

  private static final int SAMPLES_PER_TARGET_PIXEL = 8;

  /** The codec's image, its samples at 8 bits, and one more of them that is turned. */
  private static final int BYTES_PER_PIXEL = 12;

  /** A row, the one before it and what is made of it, at most at four samples of 16 bits. */
  private static final int BYTES_PER_PIXEL_OF_A_ROW = 32;

  /** What a decoder takes beside, so that to run out of it is no sign of a damaged file. */
  private static final long BYTES_BESIDE = 8 << 20;

  private final ImageShape target;
  private final ImageLimits limits;
  private final Ground ground;
  private final ImageCodecs codecs;
  private final DecodingMemory memory = DecodingMemory.ofProcess();

  /**
   * A decoder to one size, over a white ground.
   *
   * @param target the shape of every decoded image
   * @param limits what is refused before it is decoded
   */
  public ImageDecoder(ImageShape target, ImageLimits limits) {
    this(target, limits, Ground.WHITE);
  }

  /**
   * A decoder to one size.
   *
   * @param target the shape of every decoded image
   * @param limits what is refused before it is decoded
   * @param ground what is seen where a picture is transparent
   */
  public ImageDecoder(ImageShape target, ImageLimits limits, Ground ground) {
    this.target = target;
    this.limits = limits;
    this.ground = ground;
    // Before ImageIO is touched: it would keep the class loader that is current at its first use.
    this.codecs = ImageCodecs.installed();
    // Some codecs wrap their streams: none of them may write temporary files.
    ImageIO.setUseCache(false);
  }

  /** The shape of every decoded image. */
  public ImageShape shape() {
    return target;
  }

  /** The same to another size. */
  ImageDecoder to(ImageShape other) {
    return new ImageDecoder(other, limits, ground);
  }

  /**
   * Decodes one image.
   *
   * @param encoded the file's bytes, which are not changed
   * @return the pixels, in the target shape
   * @throws UndecodableImageException if the bytes are empty, exceed a limit, or are no image that
   *     can be read to its end
   * @throws OutOfMemoryError if the heap is too full for an image that it has room for at other
   *     times, while no other image of its size is decoded: it may be sound
   */
  public PixelImage decode(byte[] encoded) throws UndecodableImageException {
    if (encoded.length == 0) {
      throw Refusals.empty();
    }
    if (encoded.length > limits.maxEncodedBytes()) {
      throw Refusals.tooLarge(encoded, limits.maxEncodedBytes());
    }
    ImageFormat format = ImageFormat.of(encoded).orElseThrow(() -> Refusals.unread(encoded));
    try {
      return decode(ImageFile.of(format, encoded));
    } catch (UndecodableImageException refusal) {
      throw refusal;
    } catch (UnreadFormException form) {
      throw Refusals.unsupported(encoded, form.getMessage());
    } catch (StackOverflowError error) {
      throw Refusals.corrupt(encoded, error);
    } catch (VirtualMachineError error) {
      throw error;
    } catch (Exception | Error error) {
      throw Refusals.failed(format, encoded, error);
    }
  }

  private PixelImage decode(ImageFile image) throws Exception {
    Attempt attempt = new Attempt(image);
    try {
      return attempt.run(false);
    } catch (OutOfMemoryError full) {
      // Others may have held what is missing.
      return decodeAlone(attempt);
    }
  }

  private static PixelImage decodeAlone(Attempt attempt) throws Exception {
    try {
      return attempt.run(true);
    } catch (OutOfMemoryError full) {
      if (DecodingMemory.heapHolds(attempt.need)) {
        // Of an array that a damaged length field asks for: nothing of it has been allocated. To
        // fail the job would only meet the same image again.
        throw Refusals.corrupt(attempt.image.bytes(), full);
      }
      throw full;
    }
  }

  private void requireWithinLimits(ImageFile image, int width, int height)
      throws UndecodableImageException {
    String size = width + " x " + height;
    long pixels = (long) width * height;
    if (pixels > limits.maxPixels()) {
      throw Refusals.tooManyPixels(size + " pixels", limits.maxPixels());
    }
    CodecCost cost = image.cost();
    if (cost.webpFrame() > limits.maxWebpPixels()) {
      throw Refusals.tooManyPixels(
          "in WebP %d pixels".formatted(cost.webpFrame()), limits.maxWebpPixels());
    }
    if (cost.coefficientBytes() > limits.maxCoefficientBytes()) {
      throw Refusals.tooManyPixels(
          "%s pixels as a progressive JPEG, whose codec keeps %d bytes for them"
              .formatted(size, cost.coefficientBytes()),
          limits.maxCoefficientBytes());
    }
    if (cost.scannedBlocks() > limits.maxScannedBlocks()) {
      throw Refusals.tooManyPixels(
          "%s pixels in so many scans or samples that %d blocks of 64 are to be read"
              .formatted(size, cost.scannedBlocks()),
          limits.maxScannedBlocks());
    }
  }

  private final class Attempt {

    private final ImageFile image;

    /** Bytes that the image takes if it is sound; more once its size is known. */
    private long need = BYTES_BESIDE;

    Attempt(ImageFile image) {
      this.image = image;
    }

    PixelImage run(boolean alone) throws Exception {
      try (CodecReader codec = CodecReader.open(image, codecs)) {
        int width = codec.width();
        int height = codec.height();
        requireWithinLimits(image, width, height);
        boolean transposed = image.orientation().transposed();
        int everyColumn = subsampling(width, transposed ? target.height() : target.width());
        int everyRow = subsampling(height, transposed ? target.width() : target.height());
        long read = (long) (width / everyColumn + 1) * (height / everyRow + 1);
        long bytes =
            image.cost().bytes() + read * BYTES_PER_PIXEL + (long) width * BYTES_PER_PIXEL_OF_A_ROW;
        if (bytes > memory.largest()) {
          throw Refusals.tooMuchMemory(width + " x " + height, bytes, memory.largest());
        }
        need = BYTES_BESIDE + bytes;
        return alone
            ? memory.alone(() -> pixels(codec, everyColumn, everyRow))
            : memory.with(bytes, () -> pixels(codec, everyColumn, everyRow));
      }
    }

    private int subsampling(int source, int target) {
      // Of real numbers its codec leaves none out.
      return image.meaning().real() ? 1 : Math.max(1, source / (target * SAMPLES_PER_TARGET_PIXEL));
    }

    private PixelImage pixels(CodecReader codec, int everyColumn, int everyRow) throws IOException {
      SampledImage stored = sampled(codec.read(everyColumn, everyRow));
      return Resampling.resize(stored.laid(image.orientation()), target);
    }

    /** In a method of its own, so that the codec's image is free before it is laid down. */
    private SampledImage sampled(BufferedImage read) {
      return SampledImage.of(read, image.meaning(), ground.rgb());
    }
  }
}
