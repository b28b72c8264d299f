package dev.quadstream.stream.operator;

import dev.quadstream.stream.options.ImageConfig;

/** A folder of images that records name by address is out of reach for now. */
public final class ImagesUnreachableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ImagesUnreachableException(String folder, Exception cause) {
    super(
        "The images in %s cannot be reached (%s). Where they are gone for good, take the folder out of %s: what is said to be there becomes dead letters."
            .formatted(folder, cause, ImageConfig.ADDRESSES.key()),
        cause);
  }
}
