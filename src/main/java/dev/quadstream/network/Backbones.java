package dev.quadstream.network;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backbones of this process, by what they are: their natives and weights are shared by all that
 * embed in it, as ND4J's are. They stay until the process ends. Thread-safe.
 */
public final class Backbones {

  private static final Map<BackboneSpec, FrozenBackbone> LOADED = new ConcurrentHashMap<>();

  private Backbones() {}

  /** Makes a backbone known. */
  public static void put(FrozenBackbone backbone) {
    LOADED.put(backbone.spec(), backbone);
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

  /** What a network reads of images: those that are pixels pass through its backbone. */
  static List<ImageContent> contents(NetworkSpec spec, List<? extends ImageContent> images) {
    if (spec.backbone() == null) {
      return List.copyOf(images);
    }
    List<ImageContent> contents = new ArrayList<>(images.size());
    for (ImageContent image : images) {
      contents.add(
          image instanceof PixelImage pixels ? features(require(spec.backbone()), pixels) : image);
    }
    return contents;
  }

  private static BackboneFeatures features(FrozenBackbone backbone, PixelImage pixels) {
    try {
      return backbone.features(pixels);
    } catch (UndecodableImageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
