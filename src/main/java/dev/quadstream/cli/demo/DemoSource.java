package dev.quadstream.cli.demo;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.image.LabeledImage;
import java.util.List;

/** What a demo streams, for one thread, and what it measures with, for any. */
public interface DemoSource {

  /** The next image of the stream, which has no end. */
  EncodedImage next();

  /**
   * Images of classes that are never streamed, at the size that the network reads; the same at each
   * call.
   */
  List<LabeledImage> heldOut();

  /** What its classes are called, such as {@code concepts}. */
  String classes();
}
