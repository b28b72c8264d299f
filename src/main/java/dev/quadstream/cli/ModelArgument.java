package dev.quadstream.cli;

import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that {@code --model} names. */
final class ModelArgument {

  private ModelArgument() {}

  /**
   * Its bytes.
   *
   * @throws CommandException if there is no such file
   */
  static byte[] bytes(Path model) throws IOException {
    if (!Files.isRegularFile(model)) {
      throw CommandException.usage("There is no model file %s.".formatted(model));
    }
    return Files.readAllBytes(model);
  }

  /**
   * The model in the file's bytes; whoever asked closes its network.
   *
   * @throws CommandException naming the file if it is no model, damaged, or of another release
   */
  static LoadedModel read(Path model, byte[] bytes) {
    try {
      return ModelFile.parameters(new ByteArrayInputStream(bytes), bytes.length).loadToEmbed();
    } catch (ModelFormatException e) {
      throw CommandException.failed("%s: %s".formatted(model, e.getMessage()), e);
    }
  }
}
