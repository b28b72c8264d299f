package dev.quadstream.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads and writes record classes as JSON, UTF-8, the way every message of the pipeline is.
 *
 * <p>Unknown fields are ignored, so that new ones may be added. JSON has no NaN or infinity: such a
 * number is written as null, and a {@code double} or {@code float} that is null or absent is read
 * as NaN; within an array of primitives a null is refused.
 *
 * <p>A component that is {@code @JsonUnwrapped} is written as its own components. Thread-safe.
 */
public final class JsonMessages {

  private static final JsonSetter.Value NO_NULLS = JsonSetter.Value.forContentNulls(Nulls.FAIL);

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .addModule(finiteNumbers())
          .annotationIntrospector(new NamelessParts())
          // It would be read as 0, which is another number.
          .withConfigOverride(double[].class, numbers -> numbers.setSetterInfo(NO_NULLS))
          .withConfigOverride(float[].class, numbers -> numbers.setSetterInfo(NO_NULLS))
          .build();

  /** Of messages between programs that may be of different age. */
  private static final ObjectReader LENIENT = MAPPER.reader();

  private static final ObjectReader EXACT =
      MAPPER
          .reader()
          .with(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .without(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

  private JsonMessages() {}

  private static SimpleModule finiteNumbers() {
    SimpleModule module = new SimpleModule("finite-numbers");
    module.addSerializer(double.class, new FiniteSerializer<>(Double.class));
    module.addSerializer(Double.class, new FiniteSerializer<>(Double.class));
    module.addSerializer(float.class, new FiniteSerializer<>(Float.class));
    module.addSerializer(Float.class, new FiniteSerializer<>(Float.class));
    module.addSerializer(double[].class, new FiniteArraySerializer<>(double[].class));
    module.addSerializer(float[].class, new FiniteArraySerializer<>(float[].class));
    module.addDeserializer(
        double.class, new NumberDeserializers.DoubleDeserializer(double.class, Double.NaN));
    module.addDeserializer(
        float.class, new NumberDeserializers.FloatDeserializer(float.class, Float.NaN));
    return module;
  }

  /** The message as JSON on one line. */
  public static byte[] write(Object message) {
    try {
      return MAPPER.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s cannot be written as JSON: %s"
              .formatted(message.getClass().getName(), e.getOriginalMessage()),
          e);
    }
  }

  /** The message as indented JSON for people, with a line feed at the end. */
  public static byte[] writeIndented(Object message) {
    try {
      byte[] json = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(message);
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      return line;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s cannot be written as JSON: %s"
              .formatted(message.getClass().getName(), e.getOriginalMessage()),
          e);
    }
  }

  /**
   * Reads a message.
   *
   * @throws MalformedMessageException if it is not JSON, or a field has the wrong type
   */
  public static <T> T read(byte[] json, Class<T> type) {
    return read(LENIENT, json, type);
  }

  /**
   * Reads what somebody asks for, which is not to be understood as less than was said: an unknown
   * field, one that is there twice, a null among numbers and a fraction where a whole number
   * belongs are refused, too.
   *
   * @throws MalformedMessageException if it is not JSON, or a field is unknown, there twice or of
   *     the wrong type
   */
  public static <T> T readExactly(byte[] json, Class<T> type) {
    return read(EXACT, json, type);
  }

  private static <T> T read(ObjectReader reader, byte[] json, Class<T> type) {
    T message;
    try {
      message = reader.forType(type).readValue(json);
    } catch (JsonProcessingException e) {
      throw new MalformedMessageException(type, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MalformedMessageException(type, e.getMessage(), e);
    }
    if (message == null) {
      throw new MalformedMessageException(type, "it is null", null);
    }
    return message;
  }

  /**
   * Jackson keeps the name of an unwrapped component as a field that holds the whole of it. That
   * would take the name from a field within, and from fields that are to come.
   */
  private static final class NamelessParts extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public PropertyName findNameForSerialization(Annotated member) {
      return member.hasAnnotation(JsonUnwrapped.class)
          ? ofPart(member)
          : super.findNameForSerialization(member);
    }

    @Override
    public PropertyName findNameForDeserialization(Annotated member) {
      return member.hasAnnotation(JsonUnwrapped.class)
          ? ofPart(member)
          : super.findNameForDeserialization(member);
    }

    private static PropertyName ofPart(Annotated member) {
      return PropertyName.construct("@JsonUnwrapped/" + member.getRawType().getName());
    }
  }

  private static final class FiniteSerializer<T extends Number> extends StdScalarSerializer<T> {

    private static final long serialVersionUID = 1L;

    FiniteSerializer(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (value instanceof Float single) {
        write(single, json);
      } else {
        write(value.doubleValue(), json);
      }
    }

    static void write(float value, JsonGenerator json) throws IOException {
      if (Float.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }

    static void write(double value, JsonGenerator json) throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  /** Jackson asks no serializer for the numbers in them. */
  private static final class FiniteArraySerializer<T> extends StdSerializer<T> {

    private static final long serialVersionUID = 1L;

    FiniteArraySerializer(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartArray();
      if (values instanceof float[] singles) {
        for (float value : singles) {
          FiniteSerializer.write(value, json);
        }
      } else {
        for (double value : (double[]) values) {
          FiniteSerializer.write(value, json);
        }
      }
      json.writeEndArray();
    }
  }
}
