package dev.quadstream.network.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * A graph under construction: operators of opset 13, each with one output, and the constants that
 * they use. Not thread-safe.
 */
public final class OnnxGraph {

  /** Of 2020: what every runtime and phone of today reads. */
  public static final int OPSET = 13;

  /** The version of the file format that opset 13 came with. */
  private static final int IR_VERSION = 7;

  private static final String BATCH = "batch";

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private int values;

  public OnnxGraph(String name) {
    graph.setName(name);
  }

  /** Adds an input of single-precision rows [batch, …]; returns its name. */
  public String floatInput(String name, int... row) {
    return input(name, TensorProto.DataType.FLOAT, row);
  }

  /** Adds an input of bytes 0 to 255, [batch, …]; returns its name. */
  public String byteInput(String name, int... row) {
    return input(name, TensorProto.DataType.UINT8, row);
  }

  private String input(String name, TensorProto.DataType type, int... row) {
    graph.addInput(value(name, type, row));
    return name;
  }

  /** Adds a constant in row order; returns its name. */
  public String constant(float[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(TensorProto.DataType.FLOAT, bytes, shape);
  }

  /** Adds a single number; returns its name. */
  public String constant(float value) {
    return constant(new float[] {value});
  }

  /** Adds a single whole number, as an index; returns its name. */
  public String index(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(value);
    return constant(TensorProto.DataType.INT64, bytes);
  }

  private String constant(TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    String name = nextName();
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(shape).forEach(tensor::addDims);
    graph.addInitializer(tensor);
    return name;
  }

  /** Adds an operator without attributes; returns its output. */
  public String operator(String type, String... inputs) {
    return operator(type, Map.of(), inputs);
  }

  /**
   * Adds an operator; returns its output.
   *
   * @param attributes whole numbers ({@code Long}) and lists of them ({@code long[]}) by name
   */
  public String operator(String type, Map<String, Object> attributes, String... inputs) {
    String output = nextName();
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType(type).setName(type + output).addOutput(output);
    Arrays.stream(inputs).forEach(node::addInput);
    attributes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(attribute -> node.addAttribute(attribute(attribute)));
    graph.addNode(node);
    return output;
  }

  private static AttributeProto attribute(Map.Entry<String, Object> entry) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(entry.getKey());
    if (entry.getValue() instanceof long[] numbers) {
      attribute.setType(AttributeProto.AttributeType.INTS);
      Arrays.stream(numbers).forEach(attribute::addInts);
    } else {
      attribute.setType(AttributeProto.AttributeType.INT).setI((Long) entry.getValue());
    }
    return attribute.build();
  }

  /** Names a value as the output, single-precision rows [batch, …]. */
  public void output(String name, String value, int... row) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").setName(name).addInput(value).addOutput(name));
    graph.addOutput(value(name, TensorProto.DataType.FLOAT, row));
  }

  private static ValueInfoProto value(String name, TensorProto.DataType type, int... row) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam(BATCH);
    Arrays.stream(row).forEach(size -> shape.addDimBuilder().setDimValue(size));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  private String nextName() {
    return "v" + values++;
  }

  /**
   * The bytes of an ONNX file; the same graph and metadata give the same bytes.
   *
   * @param metadata facts about the model, which runtimes show
   */
  public byte[] toBytes(Map<String, String> metadata) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("quadstream")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph);
    metadata.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            fact ->
                model.addMetadataProps(
                    StringStringEntryProto.newBuilder()
                        .setKey(fact.getKey())
                        .setValue(fact.getValue())));
    return model.build().toByteArray();
  }
}
