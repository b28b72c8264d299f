package dev.quadstream.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.quadstream.backbone.BackboneOptions;
import dev.quadstream.backbone.OnnxBackbone;
import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.Backbones;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.network.environment.NativeLibraries;
import dev.quadstream.network.environment.NativeThreads;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Features of images, by the product and by ONNX Runtime alone. */
final class BackboneSubjects {

  private static final int EMBEDDING_SIZE = 64;
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private BackboneSubjects() {}

  /** As decoders, page and commands compute them, from pixels. */
  static Subject ours(SubjectSpec spec) {
    return new Ours(spec);
  }

  /**
   * In a loop over tensors that lie ready, or of one that holds all images, with the threads and
   * settings of its own.
   */
  static Subject alone(SubjectSpec spec) {
    return new Alone(spec);
  }

  private static final class Ours implements Subject {

    private final boolean memory;
    private final OnnxBackbone backbone;
    private final QuadrupletNetwork network;
    private final List<PixelImage> images;

    Ours(SubjectSpec spec) {
      memory = spec.work() == Work.BACKBONE_MEMORY;
      int side = memory ? BackboneWorkload.SMALL_SIDE : BackboneWorkload.SIDE;
      backbone = OnnxBackbone.load("bench", BackboneWorkload.file(side), BackboneOptions.usual());
      Backbones.put(backbone);
      network =
          QuadrupletNetwork.create(
              new NetworkSpec(
                  TrunkKind.ADAPTER,
                  backbone.input(),
                  backbone.spec(),
                  EMBEDDING_SIZE,
                  MetricKind.LEARNED,
                  UpdaterKind.ADAM,
                  1e-3,
                  1));
      images = BackboneWorkload.images(spec.size(), side);
    }

    @Override
    public double run() {
      List<ImageContent> contents = network.contents(images);
      return memory
          ? NativeLibraries.processBytes()
          : ((BackboneFeatures) contents.get(0)).values()[0];
    }

    @Override
    public void close() {
      network.close();
      backbone.close();
    }
  }

  private static final class Alone implements Subject {

    private final OrtSession session;
    private final List<OnnxTensor> inputs = new ArrayList<>();

    Alone(SubjectSpec spec) {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(NativeThreads.count());
        session = environment.createSession(BackboneWorkload.file(BackboneWorkload.SIDE), options);
        List<PixelImage> images = BackboneWorkload.images(spec.size(), BackboneWorkload.SIDE);
        int together = spec.work() == Work.BACKBONE_BATCH ? images.size() : 1;
        for (int image = 0; image < images.size(); image += together) {
          long side = BackboneWorkload.SIDE;
          inputs.add(
              OnnxTensor.createTensor(
                  environment,
                  values(images.subList(image, image + together)),
                  new long[] {together, MEAN.length, side, side}));
        }
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    private static FloatBuffer values(List<PixelImage> images) {
      int size = images.get(0).shape().size();
      FloatBuffer values =
          ByteBuffer.allocateDirect(images.size() * size * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      for (PixelImage image : images) {
        for (int i = 0; i < size; i++) {
          int channel = i / (size / MEAN.length);
          values.put((image.valueAt(i) / 255f - MEAN[channel]) / DEVIATION[channel]);
        }
      }
      return values.rewind();
    }

    @Override
    public double run() {
      double first = Double.NaN;
      for (OnnxTensor input : inputs) {
        try (OrtSession.Result result = session.run(Map.of("images", input))) {
          float[] features = ((float[][]) result.get(0).getValue())[0];
          if (Double.isNaN(first)) {
            first = BackboneFeatures.scaled(features).values()[0];
          }
        } catch (OrtException e) {
          throw new IllegalStateException(e);
        }
      }
      return first;
    }

    @Override
    public void close() {
      inputs.forEach(OnnxTensor::close);
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
