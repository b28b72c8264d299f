package dev.quadstream.backbone;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.Backbones;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.util.List;

/** A backbone of grey images, that stays loaded, and networks behind it. */
public final class TestingBackbone {

  public static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  /** Of which it makes nothing. */
  public static final PixelImage BLACK = new PixelImage(SHAPE, new byte[SHAPE.size()]);

  private TestingBackbone() {}

  /** A network behind it. */
  public static NetworkSpec network() {
    OnnxBackbone backbone =
        OnnxBackbone.load(
            "net.onnx",
            TestingOnnx.file(true, true, TestingOnnx.OPEN, 1, 28, 28),
            new BackboneOptions(
                "features", BackboneOptions.Layout.NCHW, null, null, null, List.of(), List.of()));
    Backbones.put(backbone);
    return network(backbone.spec());
  }

  /** The same behind a backbone that is not loaded. */
  public static NetworkSpec networkBehindAnother() {
    BackboneSpec loaded = network().backbone();
    return network(new BackboneSpec("ab".repeat(32), loaded.features(), loaded.feeding()));
  }

  private static NetworkSpec network(BackboneSpec backbone) {
    return new NetworkSpec(
        TrunkKind.ADAPTER, SHAPE, backbone, 16, MetricKind.LEARNED, UpdaterKind.ADAM, 1e-3, 7);
  }
}
