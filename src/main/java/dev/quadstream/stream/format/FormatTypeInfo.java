package dev.quadstream.stream.format;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of a record that is written in a {@link RecordFormat}. */
final class FormatTypeInfo<T> extends TypeInformation<T> {

  private static final long serialVersionUID = 1L;

  private final RecordFormat<T> format;

  FormatTypeInfo(RecordFormat<T> format) {
    this.format = format;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return format.type();
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new FormatSerializer<>(format);
  }

  @Override
  public String toString() {
    return "Format(" + format.name() + ")";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FormatTypeInfo<?> info && format.name().equals(info.format.name());
  }

  @Override
  public int hashCode() {
    return format.name().hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof FormatTypeInfo;
  }
}
