package dev.quadstream.serve.model;

import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.serve.http.RequestException;
import java.util.List;

/** The embedding of an image that somebody asks about. */
public final class ImageEmbedding {

  private ImageEmbedding() {}

  /**
   * The embedding.
   *
   * @param image of the size that the network reads
   * @throws RequestException where the network's backbone makes nothing of the image
   */
  public static float[] of(QuadrupletNetwork network, PixelImage image) throws RequestException {
    ImageContent content =
        network
            .readable(List.of(image))
            .get(0)
            .orElseThrow(
                () ->
                    new RequestException(
                        422, "The backbone makes nothing of this image that can be used."));
    return network.embed(List.of(content))[0];
  }
}
