package dev.quadstream.backbone;

import dev.quadstream.network.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;

/** Small ONNX files of every shape in which others export theirs: a convolution, and its means. */
public final class TestingOnnx {

  public static final int FEATURES = 12;
  public static final int SIDE = 16;

  private static final List<String> QUANTIZED = List.of("quantized", "scale", "zero");

  /** An axis of any size. */
  public static final int OPEN = -1;

  private TestingOnnx() {}

  /** Floats, batches of any size, channels first. */
  public static byte[] usual(int channels) {
    return file(true, false, OPEN, channels, SIDE, SIDE);
  }

  /** The same with its features as the only output. */
  public static byte[] oneOutput(int channels) {
    return oneOutput(usual(channels));
  }

  /** The same of an input of bytes, 0 where the image is black. */
  public static byte[] bytesOneOutput(int channels) {
    return oneOutput(file(true, true, OPEN, channels, SIDE, SIDE));
  }

  private static byte[] oneOutput(byte[] file) {
    ModelProto.Builder model = parse(file);
    model.getGraphBuilder().removeOutput(1).removeOutput(0);
    return model.build().toByteArray();
  }

  /** A file whose input has these axes; those that are open have names. */
  public static byte[] file(boolean channelsFirst, boolean bytes, int... axes) {
    OnnxGraph graph = new OnnxGraph("backbone");
    int channels = axes[channelsFirst ? 1 : 3];
    int[] row = {axes[1], axes[2], axes[3]};
    String value = bytes ? graph.byteInput("images", row) : graph.floatInput("images", row);
    if (bytes) {
      value = graph.operator("Cast", Map.of("to", 1L), value);
    }
    if (!channelsFirst) {
      value = graph.operator("Transpose", Map.of("perm", new long[] {0, 3, 1, 2}), value);
    }
    String map = convolved(graph, channels == OPEN ? 3 : channels, value);
    String pooled = graph.operator("GlobalAveragePool", map);
    graph.output("map", map, FEATURES, OPEN, OPEN);
    graph.output("pooled", pooled, FEATURES, 1, 1);
    graph.output("features", graph.operator("Flatten", Map.of("axis", 1L), pooled), FEATURES);
    return withAxes(graph.toBytes(Map.of()), axes);
  }

  private static String convolved(OnnxGraph graph, int channels, String value) {
    Random random = new Random(3);
    float[] weights = new float[FEATURES * channels * 9];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian() / 4;
    }
    return graph.operator(
        "Relu",
        graph.operator(
            "Conv",
            Map.of("kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2}),
            value,
            graph.constant(weights, FEATURES, channels, 3, 3)));
  }

  private static byte[] withAxes(byte[] file, int... axes) {
    ModelProto.Builder model = parse(file);
    TypeProto.Builder type = model.getGraphBuilder().getInputBuilder(0).getTypeBuilder();
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int axis = 0; axis < axes.length; axis++) {
      if (axes[axis] == OPEN) {
        shape.addDimBuilder().setDimParam("axis" + axis);
      } else {
        shape.addDimBuilder().setDimValue(axes[axis]);
      }
    }
    type.getTensorTypeBuilder().setShape(shape);
    // What comes out is left to the runtime to find.
    model
        .getGraphBuilder()
        .getOutputBuilderList()
        .forEach(output -> output.getTypeBuilder().getTensorTypeBuilder().clearShape());
    return model.build().toByteArray();
  }

  /** Says that it is of another version of ONNX's operators. */
  static byte[] ofOpset(byte[] file, long opset) {
    ModelProto.Builder model = parse(file);
    model.getOpsetImportBuilder(0).setVersion(opset);
    return model.build().toByteArray();
  }

  /** Says that its file is of another version of ONNX's format. */
  static byte[] ofFormat(byte[] file, long irVersion) {
    return parse(file).setIrVersion(irVersion).build().toByteArray();
  }

  /** With a half of its features dropped by chance, as in training. */
  static byte[] inTrainingMode(byte[] file) {
    ModelProto.Builder model = parse(file);
    model
        .getGraphBuilder()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("training")
                .setDataType(TensorProto.DataType.BOOL.getNumber())
                .addInt32Data(1))
        .addInitializer(
            TensorProto.newBuilder()
                .setName("ratio")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData(0.5f));
    // The last one makes the features of a value.
    NodeProto.Builder last =
        model.getGraphBuilder().getNodeBuilder(model.getGraph().getNodeCount() - 1);
    last.setOpType("Dropout").clearAttribute().addInput("ratio").addInput("training");
    return model.build().toByteArray();
  }

  /** Of bytes, with its convolution in whole numbers, as weights are quantised without images. */
  static byte[] convolvedInWholeNumbers(byte[] ofBytes) {
    ModelProto.Builder model = parse(ofBytes);
    NodeProto.Builder cast = model.getGraphBuilder().getNodeBuilder(0);
    NodeProto.Builder convolution = model.getGraphBuilder().getNodeBuilder(1);
    NodeProto before = cast.build();
    NodeProto after = convolution.build();
    cast.mergeFrom(after)
        .setOpType("ConvInteger")
        .setName("whole")
        .clearInput()
        .addInput(before.getInput(0))
        .addInput(after.getInput(1))
        .clearOutput()
        .addOutput(before.getOutput(0))
        .clearAttribute()
        .addAllAttribute(after.getAttributeList());
    convolution
        .setOpType("Cast")
        .clearInput()
        .addInput(before.getOutput(0))
        .clearAttribute()
        .addAllAttribute(before.getAttributeList());
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    int count = weights.getRawData().size() / Float.BYTES;
    weights
        .setDataType(TensorProto.DataType.INT8.getNumber())
        .setRawData(org.nd4j.shade.protobuf.ByteString.copyFrom(new byte[count]));
    return model.build().toByteArray();
  }

  /** Quantised as it runs, by the range of all values at once, as smaller files of networks are. */
  static byte[] quantizedAsItRuns(byte[] file) {
    ModelProto.Builder model = parse(file);
    List<NodeProto> nodes = model.getGraph().getNodeList();
    model
        .getGraphBuilder()
        .clearNode()
        .addNode(
            NodeProto.newBuilder()
                .setOpType("DynamicQuantizeLinear")
                .addInput("images")
                .addAllOutput(QUANTIZED))
        .addNode(
            NodeProto.newBuilder()
                .setOpType("DequantizeLinear")
                .addAllInput(QUANTIZED)
                .addOutput("dequantized"))
        .addNode(nodes.get(0).toBuilder().setInput(0, "dequantized"))
        .addAllNode(nodes.subList(1, nodes.size()));
    return model.build().toByteArray();
  }

  /** With its weights in a file beside it. */
  static byte[] withExternalWeights(byte[] file) {
    ModelProto.Builder model = parse(file);
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    weights
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey("location").setValue("weights.bin"));
    return model.build().toByteArray();
  }

  /** With an operator of somebody's own. */
  static byte[] withOperator(byte[] file, String operator) {
    ModelProto.Builder model = parse(file);
    model.getGraphBuilder().getNodeBuilder(0).setOpType(operator).clearAttribute();
    return model.build().toByteArray();
  }

  /** With weights of which one is not a number. */
  static byte[] withNaN(byte[] file) {
    ModelProto.Builder model = parse(file);
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    byte[] values = weights.getRawData().toByteArray();
    values[2] = (byte) 0xC0;
    values[3] = (byte) 0x7F;
    weights.setRawData(org.nd4j.shade.protobuf.ByteString.copyFrom(values));
    return model.build().toByteArray();
  }

  /** With two inputs, as a network of images and texts has them. */
  static byte[] ofTwoInputs(int channels) {
    OnnxGraph graph = new OnnxGraph("two");
    String images = graph.floatInput("images", channels, SIDE, SIDE);
    String texts = graph.floatInput("texts", channels, SIDE, SIDE);
    graph.output(
        "features",
        graph.operator("GlobalAveragePool", graph.operator("Add", images, texts)),
        channels,
        1,
        1);
    return graph.toBytes(Map.of());
  }

  private static ModelProto.Builder parse(byte[] file) {
    try {
      return ModelProto.parseFrom(file).toBuilder();
    } catch (org.nd4j.shade.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
