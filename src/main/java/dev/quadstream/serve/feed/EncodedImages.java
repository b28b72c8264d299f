package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.serve.state.NewestBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The newest images of the stream by id, as they came: of one whose record says where it is the
 * address, and its bytes once they were asked for. Bounded. Thread-safe.
 */
public final class EncodedImages implements ReferencedContent {

  private static final long ADDRESS_BYTES = 8L << 20;

  private final NewestBytes contents;
  private final NewestBytes addresses = new NewestBytes(ADDRESS_BYTES);
  private final ReferencedContent elsewhere;

  /**
   * No images yet.
   *
   * @param maxBytes of images
   * @param elsewhere reads those that are not in their records
   */
  public EncodedImages(long maxBytes, ReferencedContent elsewhere) {
    this.contents = new NewestBytes(maxBytes);
    this.elsewhere = elsewhere;
  }

  /** Takes an image in, in place of an earlier one of its id, or a removed one out. */
  synchronized void take(ParsedRecord parsed) {
    if (parsed instanceof ImageReceived received) {
      addresses.remove(received.id());
      contents.put(received.id(), received.encoded());
    } else if (parsed instanceof ImageReferenced referenced) {
      contents.remove(referenced.id());
      addresses.put(referenced.id(), referenced.address().getBytes(UTF_8));
    } else if (parsed instanceof ImageRemoved removed) {
      contents.remove(removed.id());
      addresses.remove(removed.id());
    }
  }

  public synchronized boolean contains(String id) {
    return contents.contains(id) || addresses.contains(id);
  }

  /** What is here of an image, with what is known of it beside. */
  synchronized Optional<ParsedRecord> record(String id, String label, long capturedAt) {
    return contents
        .get(id)
        .<ParsedRecord>map(encoded -> new ImageReceived(id, label, capturedAt, encoded))
        .or(
            () ->
                addresses
                    .get(id)
                    .map(at -> new ImageReferenced(id, label, capturedAt, new String(at, UTF_8))));
  }

  /**
   * An image's bytes, wherever they lie.
   *
   * @throws IOException if they are not to be had from there
   */
  public Optional<byte[]> get(String id) throws IOException {
    ParsedRecord known = record(id, null, -1).orElse(null);
    if (known instanceof ImageReferenced referenced) {
      return Optional.of(of(referenced));
    }
    return known instanceof ImageReceived received
        ? Optional.of(received.encoded())
        : Optional.empty();
  }

  @Override
  public byte[] of(ImageReferenced image) throws IOException {
    byte[] content = elsewhere.of(image);
    byte[] address = image.address().getBytes(UTF_8);
    synchronized (this) {
      // Meanwhile it may have been removed, or have come again.
      if (addresses.get(image.id()).filter(now -> Arrays.equals(now, address)).isPresent()) {
        contents.put(image.id(), content);
      }
    }
    return content;
  }
}
