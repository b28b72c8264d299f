package dev.quadstream.cli;

import java.net.URI;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the address of Flink's page, of which {@code localhost:8081} would be a URI, too. */
final class FlinkPage implements ITypeConverter<URI> {

  @Override
  public URI convert(String text) {
    try {
      URI page = URI.create(text);
      if (text.matches("(?i)https?:.*") && page.getHost() != null) {
        return page;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with the value.
    }
    throw new TypeConversionException(
        "'%s' is no address of Flink's page, such as http://localhost:8081; a host's name has letters, digits, dots and hyphens"
            .formatted(text));
  }
}
