package dev.quadstream.network;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.ContentReader;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.network.environment.NativeThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backbones of this process, by what they are: their natives and weights are shared by all that
 * embed in it, as ND4J's are. Thread-safe.
 */
public final class Backbones {

  /** So many that none waits for long at the end of them. */
  private static final int IMAGES_OF_A_THREAD = 2;

  private static final Map<BackboneSpec, FrozenBackbone> LOADED = new ConcurrentHashMap<>();

  private Backbones() {}

  /** Makes a backbone known. */
  public static void put(FrozenBackbone backbone) {
    LOADED.put(backbone.spec(), backbone);
  }

  /** Forgets a backbone. */
  public static void remove(FrozenBackbone backbone) {
    LOADED.remove(backbone.spec(), backbone);
  }

  /**
   * The backbone that a network was trained behind.
   *
   * @throws IllegalStateException naming it and those that are loaded
   */
  public static FrozenBackbone require(BackboneSpec spec) {
    FrozenBackbone backbone = LOADED.get(spec);
    if (backbone == null) {
      throw new IllegalStateException(
          "The model was trained behind the backbone %s, and %s: set network.backbone to the file of that SHA-256, and network.backbone.* as they were."
              .formatted(
                  spec,
                  LOADED.isEmpty() ? "none is loaded here" : "loaded here is " + LOADED.keySet()));
    }
    return backbone;
  }

  /**
   * Decodes images to a backbone's features, each by one thread of those that all arithmetic of
   * this process shares.
   */
  public static ContentDecoder decoder(ImageDecoder decoder, FrozenBackbone backbone) {
    return sideBySide(decoder, backbone::features);
  }

  /**
   * Decodes images to their pixels, as people look at them, and refuses those that the backbone
   * makes nothing of.
   */
  public static ContentDecoder pixelDecoder(ImageDecoder decoder, FrozenBackbone backbone) {
    return sideBySide(
        decoder,
        pixels -> {
          backbone.features(pixels);
          return pixels;
        });
  }

  private static ContentDecoder sideBySide(ImageDecoder decoder, ContentReader reader) {
    return new ContentDecoder(
        decoder,
        reader,
        NativeThreads.count() == 1 ? 1 : IMAGES_OF_A_THREAD * NativeThreads.count(),
        NativeThreads::forEach);
  }

  /** What a network reads of images: those that are pixels pass through its backbone. */
  static List<ImageContent> contents(NetworkSpec spec, List<? extends ImageContent> images) {
    if (spec.backbone() == null || images.stream().noneMatch(PixelImage.class::isInstance)) {
      return List.copyOf(images);
    }
    FrozenBackbone backbone = require(spec.backbone());
    ImageContent[] contents = images.toArray(new ImageContent[0]);
    NativeThreads.forEach(
        contents.length,
        row -> {
          if (contents[row] instanceof PixelImage pixels) {
            contents[row] = features(backbone, pixels);
          }
        });
    return List.of(contents);
  }

  /** The same, with nothing in the place of an image that a backbone makes nothing of. */
  static List<Optional<ImageContent>> readable(
      NetworkSpec spec, List<? extends ImageContent> images) {
    if (spec.backbone() == null || images.stream().noneMatch(PixelImage.class::isInstance)) {
      return images.stream().map(Optional::<ImageContent>of).toList();
    }
    FrozenBackbone backbone = require(spec.backbone());
    List<Optional<ImageContent>> readable =
        new ArrayList<>(Collections.nCopies(images.size(), Optional.empty()));
    NativeThreads.forEach(
        images.size(), row -> readable.set(row, readable(backbone, images.get(row))));
    return readable;
  }

  private static Optional<ImageContent> readable(FrozenBackbone backbone, ImageContent image) {
    if (!(image instanceof PixelImage pixels)) {
      return Optional.of(image);
    }
    try {
      return Optional.of(backbone.features(pixels));
    } catch (UndecodableImageException e) {
      return Optional.empty();
    }
  }

  private static BackboneFeatures features(FrozenBackbone backbone, PixelImage pixels) {
    try {
      return backbone.features(pixels);
    } catch (UndecodableImageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
