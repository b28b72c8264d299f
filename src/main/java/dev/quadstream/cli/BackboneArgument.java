package dev.quadstream.cli;

import dev.quadstream.stream.options.NetworkConfig;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The flag {@code --backbone}. */
final class BackboneArgument {

  @Option(
      names = "--backbone",
      paramLabel = "FILE",
      description =
          "ONNX file of a frozen network whose features are read in place of pixels; the same as --set network.backbone=FILE.")
  private Path file;

  /** As flags that set options. */
  List<String> flags() {
    return file == null ? List.of() : List.of(NetworkConfig.BACKBONE.key() + "=" + file);
  }
}
