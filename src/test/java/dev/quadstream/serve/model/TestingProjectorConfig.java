package dev.quadstream.serve.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.shade.protobuf.DescriptorProtos.DescriptorProto;
import org.nd4j.shade.protobuf.DescriptorProtos.FieldDescriptorProto;
import org.nd4j.shade.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import org.nd4j.shade.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import org.nd4j.shade.protobuf.DescriptorProtos.FileDescriptorProto;
import org.nd4j.shade.protobuf.Descriptors.DescriptorValidationException;
import org.nd4j.shade.protobuf.Descriptors.FileDescriptor;
import org.nd4j.shade.protobuf.DynamicMessage;
import org.nd4j.shade.protobuf.Message;
import org.nd4j.shade.protobuf.TextFormat;

/**
 * Reads a projector's configuration as TensorBoard does: protobuf text of the messages in its
 * tensorboard/plugins/projector/projector_config.proto. A field that those do not have is an error.
 */
final class TestingProjectorConfig {

  private static final FileDescriptorProto FILE =
      FileDescriptorProto.newBuilder()
          .setName("projector_config.proto")
          .setSyntax("proto3")
          .addMessageType(
              message(
                  "SpriteMetadata",
                  field("image_path", 1, Type.TYPE_STRING),
                  repeated("single_image_dim", 2, Type.TYPE_UINT32)))
          .addMessageType(
              message(
                  "EmbeddingInfo",
                  field("tensor_name", 1, Type.TYPE_STRING),
                  field("metadata_path", 2, Type.TYPE_STRING),
                  field("bookmarks_path", 3, Type.TYPE_STRING),
                  repeated("tensor_shape", 4, Type.TYPE_UINT32),
                  field("sprite", 5, Type.TYPE_MESSAGE).setTypeName("SpriteMetadata"),
                  field("tensor_path", 6, Type.TYPE_STRING)))
          .addMessageType(
              message(
                  "ProjectorConfig",
                  field("model_checkpoint_path", 1, Type.TYPE_STRING),
                  repeated("embeddings", 2, Type.TYPE_MESSAGE).setTypeName("EmbeddingInfo"),
                  field("model_checkpoint_dir", 3, Type.TYPE_STRING)))
          .build();

  private TestingProjectorConfig() {}

  /** The file's only embedding. */
  static Message read(Path file) throws IOException, DescriptorValidationException {
    FileDescriptor descriptor = FileDescriptor.buildFrom(FILE, new FileDescriptor[0]);
    DynamicMessage.Builder config =
        DynamicMessage.newBuilder(descriptor.findMessageTypeByName("ProjectorConfig"));
    TextFormat.getParser().merge(Files.readString(file), config);
    List<?> embeddings = (List<?>) value(config.build(), "embeddings");
    return (Message) embeddings.get(0);
  }

  static Object value(Message message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  private static DescriptorProto message(String name, FieldDescriptorProto.Builder... fields) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    for (FieldDescriptorProto.Builder field : fields) {
      message.addField(field);
    }
    return message.build();
  }

  private static FieldDescriptorProto.Builder field(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder().setName(name).setNumber(number).setType(type);
  }

  private static FieldDescriptorProto.Builder repeated(String name, int number, Type type) {
    return field(name, number, type).setLabel(Label.LABEL_REPEATED);
  }
}
