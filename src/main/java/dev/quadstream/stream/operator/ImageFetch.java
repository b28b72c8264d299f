package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.PrintableText;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.RejectionReason;
import dev.quadstream.stream.options.ImageAddresses;
import dev.quadstream.stream.options.ImageConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;

/**
 * Reads images from the addresses that records name, within the operator's limits. An image that is
 * not there is no reason to wait, and a store that is away is no fault of the image's.
 */
public final class ImageFetch implements ReferencedContent {

  /** An image that was not fetched, with the reason for its dead letter. */
  public static final class NotFetchedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final RejectionReason reason;

    private NotFetchedException(RejectionReason reason, String message, Throwable cause) {
      super(message, cause);
      this.reason = reason;
    }

    RejectedRecord toRecord() {
      return new RejectedRecord(reason, getMessage());
    }
  }

  private final ImageAddresses allowed;
  private final int maxBytes;

  /**
   * Reads no file yet.
   *
   * @param allowed where images may be
   * @param maxBytes the largest image
   */
  public ImageFetch(ImageAddresses allowed, int maxBytes) {
    this.allowed = allowed;
    this.maxBytes = maxBytes;
  }

  /** By a job's own rules. */
  public static ImageFetch of(PipelineSettings settings) {
    return new ImageFetch(
        ImageAddresses.of(settings.get(ImageConfig.ADDRESSES)),
        settings.imageLimits().maxEncodedBytes());
  }

  @Override
  public byte[] of(ImageReferenced image) throws IOException {
    try {
      return read(image.address());
    } catch (ImagesUnreachableException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * The file's bytes; waits for the file system.
   *
   * @throws NotFetchedException if the address is not allowed, or cannot be read, or holds more
   *     than an image may have
   * @throws ImagesUnreachableException if nothing in its folder can be read for now
   */
  public byte[] read(String address) throws NotFetchedException {
    String shown = PrintableText.of(address);
    var refusal = allowed.refusal(address);
    if (refusal.isPresent()) {
      throw new NotFetchedException(
          RejectionReason.REFUSED_ADDRESS,
          "The image is said to be at '%s', and %s.".formatted(shown, refusal.get()),
          null);
    }
    byte[] bytes;
    try {
      bytes = readOrAgain(address);
    } catch (ImagesUnreachableException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new NotFetchedException(
          RejectionReason.UNREADABLE_ADDRESS,
          "The image at '%s' cannot be read (%s). Expected is a file that every TaskManager can read."
              .formatted(shown, e),
          e);
    }
    if (bytes.length > maxBytes) {
      throw new NotFetchedException(
          RejectionReason.TOO_LARGE,
          "The image at '%s' has more than the %d bytes that image.max-bytes allows."
              .formatted(shown, maxBytes),
          null);
    }
    return bytes;
  }

  private byte[] readOrAgain(String address) throws IOException {
    Path path = new Path(address);
    String folder = allowed.folderOf(address).orElseThrow();
    try {
      return contentOf(path);
    } catch (FileNotFoundException | NoSuchFileException e) {
      return ofThisMachine(folder, address, e);
    } catch (IOException | RuntimeException e) {
      requireReachable(folder);
      return contentOf(path);
    }
  }

  /** A file that is not there by the very name: Java and Python write others in percents. */
  private byte[] ofThisMachine(String folder, String address, IOException missing)
      throws IOException {
    Path root = new Path(folder);
    if (!"file".equals(root.toUri().getScheme())) {
      throw missing;
    }
    // All that the local file system says of a mount that is lost.
    if (!root.getFileSystem().exists(root)) {
      throw new ImagesUnreachableException(folder, missing);
    }
    String decoded = folder + inCharacters(address.substring(folder.length()));
    if (decoded.equals(address) || allowed.refusal(decoded).isPresent()) {
      throw missing;
    }
    try {
      return contentOf(new Path(decoded));
    } catch (IOException e) {
      throw missing;
    }
  }

  private static String inCharacters(String percents) {
    try {
      return URLDecoder.decode(percents.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return percents;
    }
  }

  private byte[] contentOf(Path path) throws IOException {
    try (FSDataInputStream in = path.getFileSystem().open(path)) {
      return in.readNBytes((int) Math.min(maxBytes + 1L, Integer.MAX_VALUE));
    }
  }

  private static void requireReachable(String folder) {
    Path path = new Path(folder);
    try {
      var unused = path.getFileSystem().getFileStatus(path);
    } catch (FileNotFoundException | NoSuchFileException | AccessDeniedException e) {
      // An object store has no folders of which nothing is there, and says the latter of whatever
      // is not there to who may not list it.
    } catch (IOException | RuntimeException e) {
      throw new ImagesUnreachableException(folder, e);
    }
  }
}
