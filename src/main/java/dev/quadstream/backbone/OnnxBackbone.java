package dev.quadstream.backbone;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quadstream.digest.Sha256;
import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.FrozenBackbone;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * A network of an ONNX file, one session of ONNX Runtime without threads of its own. Images go
 * through it one by one, each by the thread that asks: what comes out of a batch may differ in the
 * last bits with the images beside it, and what arrives beside an image is chance. Thread-safe.
 * Holds native memory: close it, and use it no more.
 */
public final class OnnxBackbone implements FrozenBackbone, AutoCloseable {

  private static final int GREY = 128;

  /** Of few features, one run more may drop the same ones by chance. */
  private static final int TRIED_AGAIN = 3;

  /** One a process; made where the first backbone is loaded, which loads the native library. */
  private static final class Environment {

    // What fails is thrown, and told by whoever catches it.
    private static final OrtEnvironment SHARED =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);

    private Environment() {}
  }

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Preprocessing feeding;
  private final String output;
  private final BackboneSpec spec;
  private final long fileBytes;

  /** For what goes in; as many as there have been threads at a time. */
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  private OnnxBackbone(
      OrtEnvironment environment,
      OrtSession session,
      Preprocessing feeding,
      String output,
      byte[] bytes,
      String file) {
    this.environment = environment;
    this.session = session;
    this.feeding = feeding;
    this.output = output;
    this.fileBytes = bytes.length;
    this.spec =
        new BackboneSpec(
            Sha256.of(bytes), tryOut(file), "%s, output %s".formatted(feeding.text(), output));
  }

  /**
   * Loads a file and tries it out on a grey image, a few times.
   *
   * @param file its name, for messages
   * @param bytes its content
   * @throws BackboneException where it is no network that can serve, with what to do
   */
  public static OnnxBackbone load(String file, byte[] bytes, BackboneOptions options) {
    if (bytes.length == 0) {
      throw new BackboneException("%s is empty: download it again.".formatted(file));
    }
    OrtEnvironment environment = environment(file);
    OrtSession session = session(environment, file, bytes);
    try {
      Preprocessing feeding = Preprocessing.of(file, inputs(session), options);
      String output = output(file, session, options.output());
      return new OnnxBackbone(environment, session, feeding, output, bytes, file);
    } catch (OrtException e) {
      close(session);
      throw new BackboneException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (RuntimeException e) {
      close(session);
      throw e;
    }
  }

  private static OrtEnvironment environment(String file) {
    try {
      return Environment.SHARED;
    } catch (LinkageError | RuntimeException e) {
      throw new BackboneException(
          "%s takes ONNX Runtime, whose native library does not load on %s %s (%s): it is there for Linux and macOS on x86-64 and ARM64, and for Windows on x86-64. Check that java.io.tmpdir can be written and allows execution, or leave network.backbone out."
              .formatted(
                  file,
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  ExceptionUtils.getRootCause(e)),
          e);
    }
  }

  private static OrtSession session(OrtEnvironment environment, String file, byte[] bytes) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // Whoever calls computes: several images side by side, in the threads that training shares.
      options.setIntraOpNumThreads(1);
      // What it would take from the working directory is not in the file that is told by its
      // SHA-256.
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path", Refusal.NO_DIRECTORY);
      return environment.createSession(bytes, options);
    } catch (OrtException e) {
      throw new BackboneException(
          "%s cannot be a backbone: %s (%s)".formatted(file, Refusal.of(e), Refusal.said(e)), e);
    }
  }

  private static List<NodeInfo> inputs(OrtSession session) throws OrtException {
    return List.copyOf(session.getInputInfo().values());
  }

  private static String output(String file, OrtSession session, String wanted) throws OrtException {
    Map<String, NodeInfo> outputs = session.getOutputInfo();
    if (!wanted.isEmpty() && !outputs.containsKey(wanted)) {
      throw new BackboneException(
          "%s has no output %s; it has %s.".formatted(file, wanted, text(outputs)));
    }
    if (wanted.isEmpty() && outputs.size() > 1) {
      throw new BackboneException(
          "%s has %d outputs: name with network.backbone.output the one whose values are the features, of %s."
              .formatted(file, outputs.size(), text(outputs)));
    }
    String name = wanted.isEmpty() ? outputs.keySet().iterator().next() : wanted;
    if (!(outputs.get(name).getInfo() instanceof TensorInfo tensor)
        || tensor.type != OnnxJavaType.FLOAT) {
      throw new BackboneException(
          "The output %s of %s is no tensor of floats; it has %s."
              .formatted(name, file, text(outputs)));
    }
    return name;
  }

  private static String text(Map<String, NodeInfo> outputs) {
    List<String> texts = new ArrayList<>();
    for (NodeInfo output : outputs.values()) {
      texts.add(
          output.getInfo() instanceof TensorInfo tensor
              ? output.getName() + " " + Preprocessing.axesText(tensor.getShape())
              : output.getName());
    }
    return String.join(", ", texts);
  }

  /** The number of features, as it turns out. */
  private int tryOut(String file) {
    byte[] pixels = new byte[feeding.shape().size()];
    Arrays.fill(pixels, (byte) GREY);
    PixelImage grey = new PixelImage(feeding.shape(), pixels);
    try {
      float[] features = run(grey);
      for (float feature : features) {
        if (!Float.isFinite(feature)) {
          throw new BackboneException(
              "%s makes %s of a grey image: it is damaged, or wants another normalisation (network.backbone.mean and .std)."
                  .formatted(file, feature));
        }
      }
      for (int time = 0; time < TRIED_AGAIN; time++) {
        if (!Arrays.equals(run(grey), features)) {
          throw new BackboneException(
              "%s makes other features of the same image each time, as a network does that was exported in training mode: call model.eval() and export it again."
                  .formatted(file));
        }
      }
      return features.length;
    } catch (NotAVectorException e) {
      throw new BackboneException(
          "The output %s of %s is %s for one image, and features are a vector, [1×F]: name another output with network.backbone.output, or export the network with its pooling."
              .formatted(output, file, Preprocessing.axesText(e.axes)),
          e);
    } catch (OrtException e) {
      throw new BackboneException(
          "%s fails on an image of %s: %s. Where the file reads any size, set network.backbone.size to one that fits."
              .formatted(file, feeding.shape(), Refusal.said(e)),
          e);
    }
  }

  private static final class NotAVectorException extends OrtException {

    private static final long serialVersionUID = 1L;

    private final long[] axes;

    NotAVectorException(long[] axes) {
      super("no vector");
      this.axes = axes;
    }
  }

  private float[] run(PixelImage image) throws OrtException {
    // What is outside the heap is freed when the heap is collected, too late at many images a
    // second.
    ByteBuffer free = buffers.poll();
    ByteBuffer buffer = free == null ? feeding.allocate() : free;
    try {
      feeding.write(image, buffer);
      return run(buffer);
    } finally {
      buffers.add(buffer);
    }
  }

  private float[] run(ByteBuffer buffer) throws OrtException {
    try (OnnxTensor input = tensor(buffer);
        OrtSession.Result result = session.run(Map.of(feeding.input(), input), Set.of(output))) {
      OnnxValue value = result.get(0);
      long[] axes = ((TensorInfo) value.getInfo()).getShape();
      requireVector(axes);
      float[] features = new float[Math.toIntExact(axes[1])];
      FloatBuffer values = ((OnnxTensor) value).getFloatBuffer();
      values.get(features);
      return features;
    }
  }

  private OnnxTensor tensor(ByteBuffer buffer) throws OrtException {
    return feeding.bytes()
        ? OnnxTensor.createTensor(environment, buffer, feeding.axes(), OnnxJavaType.UINT8)
        : OnnxTensor.createTensor(environment, buffer.asFloatBuffer(), feeding.axes());
  }

  /** Trailing axes of 1 are those of a map that was pooled and not flattened. */
  private void requireVector(long[] axes) throws NotAVectorException {
    boolean vector = axes.length >= 2 && axes[0] == feeding.batch() && axes[1] > 0;
    for (int axis = 2; axis < axes.length; axis++) {
      vector &= axes[axis] == 1;
    }
    if (!vector) {
      throw new NotAVectorException(axes);
    }
  }

  @Override
  public BackboneSpec spec() {
    return spec;
  }

  @Override
  public ImageShape input() {
    return feeding.shape();
  }

  @Override
  public long fileBytes() {
    return fileBytes;
  }

  @Override
  public BackboneFeatures features(PixelImage image) throws UndecodableImageException {
    if (!image.shape().equals(feeding.shape())) {
      throw new IllegalArgumentException(
          "The image is %s and the backbone reads %s: decode it to that size."
              .formatted(image.shape(), feeding.shape()));
    }
    try {
      return BackboneFeatures.scaled(run(image));
    } catch (IllegalArgumentException e) {
      throw UndecodableImageException.withoutFeatures(
          "The backbone makes nothing of this image that can be used. " + e.getMessage(), e);
    } catch (OrtException e) {
      throw UndecodableImageException.withoutFeatures(
          "The backbone fails on this image: %s.".formatted(Refusal.said(e)), e);
    }
  }

  @Override
  public void close() {
    close(session);
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new BackboneException("ONNX Runtime does not close: " + e.getMessage(), e);
    }
  }
}
