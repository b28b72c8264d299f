package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The schemas of docs/schemas. */
public final class TestingSchemas {

  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final ObjectMapper JSON = new ObjectMapper();

  private TestingSchemas() {}

  /** Holds a record against its schema, which must name every field that the record has. */
  public static void assertFits(String name, byte[] message) throws IOException {
    JsonNode schema = JSON.readTree(Files.readAllBytes(file(name)));
    JsonNode node = JSON.readTree(message);
    assertThat(FACTORY.getSchema(schema).validate(node)).as(node.toString()).isEmpty();
    close(schema);
    assertThat(FACTORY.getSchema(schema).validate(node)).as("names in " + node).isEmpty();
  }

  /** Lets a schema refuse what it does not name, also within what it names. */
  private static void close(JsonNode schema) {
    if (schema.has("properties")) {
      ((ObjectNode) schema).put("additionalProperties", false);
    }
    schema.forEach(TestingSchemas::close);
  }

  /** Whether a record breaks its schema. */
  static boolean isRefused(String name, String message) throws IOException {
    return !FACTORY
        .getSchema(JSON.readTree(Files.readAllBytes(file(name))))
        .validate(JSON.readTree(message))
        .isEmpty();
  }

  private static Path file(String name) {
    return Path.of("docs", "schemas", name + ".schema.json");
  }
}
