package dev.quadstream.stream.options;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The keys and values of a YAML file, each with its line.
 *
 * <p>Keys may be nested or dotted ({@code window: {images: 64}} is {@code window.images: 64}). It
 * reads the nodes and not the values, which alone know their lines, and leaves the text of a value
 * as it stands for the option to make sense of.
 */
final class YamlFile {

  private static final int DEEPEST = 8;
  private static final long LARGEST_BYTES = 1 << 20;

  private final Path file;
  private final Map<String, SourcedValue> values = new LinkedHashMap<>();

  private YamlFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @return the values by dotted key
   * @throws ConfigurationException naming the file and the line
   */
  static Map<String, SourcedValue> read(Path file) {
    YamlFile yaml = new YamlFile(file);
    yaml.compose(yaml.text()).ifPresent(root -> yaml.addMapping("", root, 0));
    return yaml.values;
  }

  private String text() {
    try {
      if (Files.isDirectory(file)) {
        throw new ConfigurationException(
            "The configuration file %s is a directory. Give a YAML file.".formatted(file));
      }
      if (Files.size(file) > LARGEST_BYTES) {
        throw new ConfigurationException(
            "The configuration file %s has %d bytes, and %d are the most. Is it another file?"
                .formatted(file, Files.size(file), LARGEST_BYTES));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "There is no configuration file %s. Check the path given with --config.".formatted(file),
          e);
    } catch (MalformedInputException e) {
      throw new ConfigurationException(
          "The configuration file %s is not UTF-8 text.".formatted(file), e);
    } catch (IOException e) {
      throw new ConfigurationException(
          "The configuration file %s cannot be read (%s). Check that it may be read."
              .formatted(file, e),
          e);
    }
  }

  private Optional<Node> compose(String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setUseMarks(true).build();
    try {
      requirePlain(new Parse(settings).parseString(text));
      return new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException e) {
      String line =
          e.getProblemMark()
              .or(e::getContextMark)
              .map(mark -> ":" + (mark.getLine() + 1))
              .orElse("");
      throw new ConfigurationException(
          "%s%s is not valid YAML: %s.".formatted(file, line, e.getProblem()), e);
    } catch (YamlEngineException e) {
      throw new ConfigurationException(
          "%s is not valid YAML: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Before the nodes are put together, which the library does by recursion, and without aliases, by
   * which a small file can stand for a huge tree.
   */
  private void requirePlain(Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case Alias ->
            throw new ConfigurationException(
                "%s: '%s' is an alias, and none are read. Write the value itself."
                    .formatted(where(event.getStartMark()), event));
        default -> {}
      }
      if (depth > DEEPEST) {
        throw new ConfigurationException(
            "%s: values are nested at most %d deep."
                .formatted(where(event.getStartMark()), DEEPEST));
      }
    }
  }

  private void addMapping(String prefix, Node node, int depth) {
    if (depth == 0 && isEmpty(node)) {
      return;
    }
    if (!(node instanceof MappingNode mapping) || depth > DEEPEST) {
      throw new ConfigurationException(
          "%s: %s must be 'key: value' lines, nested at most %d deep."
              .formatted(where(node), prefix.isEmpty() ? "the file" : "'" + prefix + "'", DEEPEST));
    }
    for (NodeTuple entry : mapping.getValue()) {
      add(prefix, entry, depth);
    }
  }

  private void add(String prefix, NodeTuple entry, int depth) {
    if (!(entry.getKeyNode() instanceof ScalarNode keyNode)) {
      throw new ConfigurationException(
          "%s: a key must be a word.".formatted(where(entry.getKeyNode())));
    }
    String key = prefix.isEmpty() ? keyNode.getValue() : prefix + "." + keyNode.getValue();
    Node value = entry.getValueNode();
    if (value instanceof MappingNode) {
      addMapping(key, value, depth + 1);
      return;
    }
    if (!(value instanceof ScalarNode scalar)) {
      throw new ConfigurationException(
          "%s: '%s' is a list, and no option takes one. Give a single value."
              .formatted(where(value), key));
    }
    if (isEmpty(value)) {
      throw new ConfigurationException(
          "%s: '%s' has no value. Give one, or take the line out for the default."
              .formatted(where(keyNode), key));
    }
    SourcedValue earlier =
        values.putIfAbsent(key, new SourcedValue(scalar.getValue(), where(keyNode)));
    if (earlier != null) {
      throw new ConfigurationException(
          "%s: '%s' is given again; it was first at %s. Take one out."
              .formatted(where(keyNode), key, earlier.origin()));
    }
  }

  private static boolean isEmpty(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private String where(Node node) {
    return where(node.getStartMark());
  }

  private String where(Optional<Mark> start) {
    return start.map(mark -> file + ":" + (mark.getLine() + 1)).orElse(file.toString());
  }
}
