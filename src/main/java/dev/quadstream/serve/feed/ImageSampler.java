package dev.quadstream.serve.feed;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.serve.state.Gallery;
import java.io.IOException;

/**
 * Keeps a gallery of what comes by; what the job makes dead letters of is passed over. For one
 * thread, but for the problem.
 */
public final class ImageSampler {

  /** A store that is away must not hold back all that comes: it is left alone so much longer. */
  private static final int REST_FACTOR = 20;

  /** In a row: single files may be gone. */
  private static final int FAILURES_OF_A_STORE = 3;

  private final Gallery gallery;
  private final ReferencedContent elsewhere;
  private long restsSince = System.nanoTime();
  private long rest;
  private int failures;
  private volatile String problem;

  /**
   * A sampler.
   *
   * @param elsewhere reads images that are not in their records, of which only those that are
   *     wanted are asked for
   */
  public ImageSampler(Gallery gallery, ReferencedContent elsewhere) {
    this.gallery = gallery;
    this.elsewhere = elsewhere;
  }

  /** Takes an image in or a removed one out, as a record says. */
  public void take(ParsedRecord parsed, ImageDecoder decoder) {
    if (parsed instanceof ImageRemoved removed) {
      gallery.remove(removed.id());
    } else if (parsed instanceof ImageReceived received && wants(received.id(), received.label())) {
      offer(received, decoder);
    } else if (parsed instanceof ImageReferenced referenced
        && wants(referenced.id(), referenced.label())) {
      offer(referenced, decoder);
    }
  }

  /** Why the last image that lies elsewhere is lacking; null where it is not. */
  public String problem() {
    return problem;
  }

  private boolean wants(String id, String label) {
    return label != null && gallery.wants(id, label);
  }

  private void offer(ImageReferenced referenced, ImageDecoder decoder) {
    // An earlier image of that id no longer stands for it.
    gallery.remove(referenced.id());
    long began = System.nanoTime();
    if (began - restsSince < rest) {
      return;
    }
    try {
      offer(referenced.with(elsewhere.of(referenced)), decoder);
      failures = 0;
      problem = null;
    } catch (IOException e) {
      problem = e.getMessage();
      failures++;
      if (failures >= FAILURES_OF_A_STORE) {
        restsSince = System.nanoTime();
        rest = REST_FACTOR * (restsSince - began);
      }
    }
  }

  private void offer(ImageReceived received, ImageDecoder decoder) {
    try {
      gallery.offer(
          new LabeledImage(
              received.id(),
              received.label(),
              received.capturedAt(),
              decoder.decode(received.encoded())));
    } catch (UndecodableImageException e) {
      // An earlier image of that id no longer stands for it.
      gallery.remove(received.id());
    }
  }
}
