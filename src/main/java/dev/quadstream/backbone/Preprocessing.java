package dev.quadstream.backbone;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.quadstream.backbone.BackboneOptions.Layout;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How pixels go into a file's input, as the file says and, where it leaves something open, as the
 * options do.
 *
 * @param input its name
 * @param bytes whether it wants values 0 to 255 as bytes, and not normalised floats
 * @param layout the order of its axes
 * @param shape the size of the images
 * @param batch how many it wants at once; 1 where it takes any number
 * @param mean of each channel
 * @param deviation of each channel
 */
record Preprocessing(
    String input,
    boolean bytes,
    Layout layout,
    ImageShape shape,
    int batch,
    List<Float> mean,
    List<Float> deviation) {

  private static final int USUAL_SIDE = 224;
  private static final int MAX_AT_ONCE = 64;
  private static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> IMAGENET_DEVIATION = List.of(0.229f, 0.224f, 0.225f);

  /** Of grey: the means of the three. */
  private static final List<Float> GREY_MEAN = List.of(0.449f);

  private static final List<Float> GREY_DEVIATION = List.of(0.226f);

  /**
   * The feeding of a file's inputs.
   *
   * @throws BackboneException where there is not one input of images, or the options contradict it
   */
  static Preprocessing of(String file, Iterable<NodeInfo> inputs, BackboneOptions options) {
    NodeInfo input = null;
    int count = 0;
    for (NodeInfo each : inputs) {
      input = each;
      count++;
    }
    if (count != 1) {
      throw new BackboneException(
          "%s has %d inputs, and a backbone has one, of images: take the image part of the network alone."
              .formatted(file, count));
    }
    if (!(input.getInfo() instanceof TensorInfo tensor)
        || tensor.getShape().length != 4
        || !(tensor.type == OnnxJavaType.FLOAT || tensor.type == OnnxJavaType.UINT8)) {
      throw new BackboneException(
          "The input %s of %s is %s, and images are a tensor of four axes (batch, channels, height, width, or channels last) of floats or unsigned bytes: export the network again with such an input."
              .formatted(input.getName(), file, text(input)));
    }
    long[] axes = tensor.getShape();
    Layout layout = layout(axes, options);
    int channelAxis = layout == Layout.NCHW ? 1 : 3;
    int rows = layout == Layout.NCHW ? 2 : 1;
    int channels = channels(file, axes, axes[channelAxis], options);
    int height = side(file, axes[rows], options.height());
    int width = side(file, axes[rows + 1], options.width());
    boolean bytes = tensor.type == OnnxJavaType.UINT8;
    return new Preprocessing(
        input.getName(),
        bytes,
        layout,
        shape(file, channels, height, width),
        batch(file, axes),
        bytes ? List.of() : ofChannels("mean", options.mean(), channels, IMAGENET_MEAN, GREY_MEAN),
        bytes
            ? List.of()
            : ofChannels("std", options.deviation(), channels, IMAGENET_DEVIATION, GREY_DEVIATION));
  }

  private static Layout layout(long[] axes, BackboneOptions options) {
    boolean first = isChannels(axes[1]);
    boolean last = isChannels(axes[3]);
    if (first != last) {
      return first ? Layout.NCHW : Layout.NHWC;
    }
    return options.layout();
  }

  private static boolean isChannels(long axis) {
    return axis == 1 || axis == 3;
  }

  private static int channels(String file, long[] axes, long axis, BackboneOptions options) {
    if (axis > 0) {
      if (!isChannels(axis)) {
        throw new BackboneException(
            "The input of %s is %s: images have 1 or 3 channels, and here are %d. Set network.backbone.layout if the axes are in another order."
                .formatted(file, axesText(axes), axis));
      }
      requireSame(file, "image.channels", options.channels(), (int) axis);
      return (int) axis;
    }
    return options.channels() == null ? 3 : options.channels();
  }

  private static int side(String file, long axis, Integer asked) {
    if (axis > 0) {
      requireSame(file, "network.backbone.size", asked, (int) axis);
      return Math.toIntExact(axis);
    }
    return asked == null ? USUAL_SIDE : asked;
  }

  private static void requireSame(String file, String option, Integer asked, int size) {
    if (asked != null && asked != size) {
      throw new BackboneException(
          "%s reads %d where %s asks for %d: leave the option out, the file says it."
              .formatted(file, size, option, asked));
    }
  }

  private static ImageShape shape(String file, int channels, int height, int width) {
    try {
      return new ImageShape(channels, height, width);
    } catch (IllegalArgumentException e) {
      throw new BackboneException(
          "%s reads images of a size that is not decoded here. %s".formatted(file, e.getMessage()),
          e);
    }
  }

  private static int batch(String file, long[] axes) {
    if (axes[0] > MAX_AT_ONCE) {
      throw new BackboneException(
          "%s wants %d images at once, and features are made of one: export it again with a batch of 1, or of any size."
              .formatted(file, axes[0]));
    }
    return axes[0] > 0 ? (int) axes[0] : 1;
  }

  private static List<Float> ofChannels(
      String name, List<Float> given, int channels, List<Float> colour, List<Float> grey) {
    if (given.isEmpty()) {
      return channels == 3 ? colour : grey;
    }
    if (given.size() != channels) {
      throw new BackboneException(
          "network.backbone.%s has %d values, and the backbone reads %d channels: give one for each."
              .formatted(name, given.size(), channels));
    }
    return given;
  }

  private static String text(NodeInfo input) {
    return input.getInfo() instanceof TensorInfo tensor
        ? "a tensor of %s %s"
            .formatted(tensor.type.name().toLowerCase(Locale.ROOT), axesText(tensor.getShape()))
        : "no tensor";
  }

  static String axesText(long[] axes) {
    return Arrays.stream(axes)
        .mapToObj(axis -> axis < 0 ? "?" : Long.toString(axis))
        .collect(Collectors.joining("×", "[", "]"));
  }

  /** The axes of what goes in. */
  long[] axes() {
    return layout == Layout.NCHW
        ? new long[] {batch, shape.channels(), shape.height(), shape.width()}
        : new long[] {batch, shape.height(), shape.width(), shape.channels()};
  }

  /** The number of bytes of what goes in. */
  int size() {
    return batch * shape.size() * (bytes ? 1 : Float.BYTES);
  }

  /** Memory for what goes in; a batch's other images stay black. */
  ByteBuffer allocate() {
    return ByteBuffer.allocateDirect(size()).order(ByteOrder.nativeOrder());
  }

  /** Writes one image to the beginning. */
  void write(PixelImage image, ByteBuffer target) {
    int area = shape.height() * shape.width();
    int channels = shape.channels();
    for (int channel = 0; channel < channels; channel++) {
      float subtracted = bytes ? 0 : mean.get(channel);
      float divisor = bytes ? 1 : deviation.get(channel);
      for (int i = 0; i < area; i++) {
        int value = image.valueAt(channel * area + i);
        int place = layout == Layout.NCHW ? channel * area + i : i * channels + channel;
        if (bytes) {
          target.put(place, (byte) value);
        } else {
          target.putFloat(Float.BYTES * place, (value / 255f - subtracted) / divisor);
        }
      }
    }
  }

  /** All that changes what comes out, as one line. */
  String text() {
    return bytes
        ? "%s bytes %s".formatted(shape, layout)
        : "%s floats %s, mean %s, std %s".formatted(shape, layout, mean, deviation);
  }
}
