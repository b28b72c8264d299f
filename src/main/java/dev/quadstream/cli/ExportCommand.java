package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.digest.Sha256;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.model.ProjectorExport;
import dev.quadstream.stream.operator.ImageFetch;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export}: embeddings and models for other programs. */
@Command(
    name = "export",
    footer = {"%nFor example:", "  quadstream export onnx --model model.qsm"},
    description = "Writes embeddings and models for other programs.")
final class ExportCommand {

  private static final int MIN_IMAGES = 8;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern FILE_NAME =
      Pattern.compile(".+\\.(csv|tsv|npy|npz|json|onnx|txt|zip)", Pattern.CASE_INSENSITIVE);

  /** How vectors are written; named as they are typed. */
  enum VectorFormat {
    csv,
    npy
  }

  @Spec private CommandSpec spec;

  @Command(
      name = "projector",
      footer = {"%nFor example:", "  quadstream export projector --out work/projector"},
      description =
          "Writes a sample of the stream, embedded by the newest model, for TensorBoard's embedding"
              + " projector.")
  int projector(
      @Option(
              names = "--out",
              paramLabel = "DIRECTORY",
              defaultValue = "work/projector",
              description = "Where to write the four files. Default: ${DEFAULT-VALUE}.")
          Path directory,
      @Option(
              names = "--images",
              paramLabel = "N",
              defaultValue = "2000",
              description = "At most about so many images. Default: ${DEFAULT-VALUE}.")
          int images,
      @Mixin ConfigurationArguments configuration)
      throws IOException, ModelFormatException {
    requireDirectory(directory);
    if (images < MIN_IMAGES) {
      throw CommandException.usage("--images is %d or more, not %d.".formatted(MIN_IMAGES, images));
    }
    PipelineSettings settings = configuration.settings();
    ProjectorExport export =
        new ProjectorExport(
            settings.kafka(),
            settings.topics(),
            new ModelRegistry(settings.registryDirectory()),
            settings.get(NetworkConfig.NAME),
            settings.parser(),
            ImageFetch.of(settings),
            settings::imageDecoder);
    ProjectorExport.Written written;
    try {
      written = export.write(directory, images);
    } catch (IllegalStateException e) {
      throw CommandException.failed(e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d images of %,d classes under model version %d in %s%n",
        written.images(),
        written.classes(),
        written.version(),
        directory);
    if (written.unreadable() > 0) {
      out.printf(
          Locale.ROOT,
          "%,d more are left out: the network's backbone makes nothing of them%n",
          written.unreadable());
    }
    out.println("Look at them with: tensorboard --logdir " + directory);
    return ExitCode.OK;
  }

  @Command(
      name = "vectors",
      footer = {"%nFor example:", "  quadstream export vectors --format npy"},
      description = {
        "Writes the newest vectors of all images that belong to the live release, sorted by id.",
        "'reindex' brings every image under it."
      })
  int vectors(
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "csv",
              description =
                  "${COMPLETION-CANDIDATES}: vectors.csv, or vectors.npy for NumPy with images.csv"
                      + " for its rows. Default: ${DEFAULT-VALUE}.")
          VectorFormat format,
      @Option(
              names = "--out",
              paramLabel = "DIRECTORY",
              defaultValue = "work/vectors",
              description = "Where to write the files. Default: ${DEFAULT-VALUE}.")
          Path directory,
      @Option(
              names = "--release",
              paramLabel = "VERSION",
              description =
                  "Another release, of the newest run in the registry. Default: the live one.")
          Long version,
      @Mixin ConfigurationArguments configuration)
      throws IOException {
    requireDirectory(directory);
    PipelineSettings settings = configuration.settings();
    KafkaCluster kafka = new KafkaCluster(settings);
    ReleaseKey release = ServedModel.release(version, settings, kafka);
    Collection<EmbeddingMessage> embeddings =
        vectorsOf(
            release, ServedModel.createdAt(release, settings), kafka, spec.commandLine().getErr());
    if (embeddings.isEmpty()) {
      throw CommandException.failed(
          "Topic %s holds no vector of %s: 'quadstream reindex' makes them."
              .formatted(kafka.topics().embeddings(), release),
          null);
    }
    if (format == VectorFormat.npy) {
      VectorFiles.writeNpy(directory, embeddings);
    } else {
      VectorFiles.writeCsv(directory, embeddings);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d vectors of %s in %s, %,d of them mapped%n",
        embeddings.size(),
        release,
        directory,
        embeddings.stream().filter(EmbeddingMessage::mapped).count());
    return ExitCode.OK;
  }

  /** A folder of a file's name is hardly what was meant. */
  private static void requireDirectory(Path out) {
    boolean isFile = Files.exists(out) && !Files.isDirectory(out);
    boolean isNamedAsFile =
        !Files.exists(out)
            && FILE_NAME.matcher(String.valueOf(out.toAbsolutePath().getFileName())).matches();
    if (isFile || isNamedAsFile) {
      throw CommandException.usage(
          "--out %s: that is %s, and --out names the directory in which files of fixed names are written."
              .formatted(
                  Headers.printable(out.toString()), isFile ? "a file" : "a name for a file"));
    }
  }

  /**
   * Of each image the newest.
   *
   * @param since where a run was set back, what is older is by another model of that version
   */
  private static Collection<EmbeddingMessage> vectorsOf(
      ReleaseKey release, long since, KafkaCluster kafka, PrintWriter err) {
    Map<String, EmbeddingMessage> newest = new TreeMap<>();
    Set<String> older = new HashSet<>();
    try (TopicReader topic =
        kafka.reader(kafka.topics().embeddings(), TopicReader.Start.BEGINNING)) {
      topic.forEachToEnd(
          TIMEOUT,
          message -> {
            if (message.key() != null) {
              String id = new String(message.key(), UTF_8);
              newest.remove(id);
              older.remove(id);
              embedding(message)
                  .filter(found -> release.equals(KnownEmbeddings.keyOf(found)))
                  .ifPresent(
                      found -> {
                        if (message.timestamp() < since) {
                          older.add(id);
                        } else {
                          newest.put(id, found);
                        }
                      });
            }
            return true;
          });
    }
    if (!older.isEmpty()) {
      err.printf(
          Locale.ROOT,
          "%,d vectors of %s are older than its model and passed over: the run was set back, and"
              + " another model had that version before. 'quadstream reindex' embeds them anew.%n",
          older.size(),
          release);
    }
    return newest.values();
  }

  /** Nothing for a removal, and for what somebody else wrote. */
  private static Optional<EmbeddingMessage> embedding(ConsumerRecord<byte[], byte[]> message) {
    if (message.value() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(EmbeddingMessage.fromJson(message.value()));
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  @Command(
      name = "onnx",
      footer = {"%nFor example:", "  quadstream export onnx --model model.qsm --out work/onnx"},
      description = {
        "Writes a model as ONNX files: embedder.onnx, pair.onnx, and golden.json to check them"
            + " with."
      })
  int onnx(
      @Option(
              names = "--model",
              required = true,
              paramLabel = "FILE",
              description = "A model file, of 'train' or of the registry.")
          Path model,
      @Option(
              names = "--out",
              paramLabel = "DIRECTORY",
              defaultValue = "work/onnx",
              description = "Where to write the three files. Default: ${DEFAULT-VALUE}.")
          Path directory,
      @Mixin BackboneArgument backbone,
      @Mixin ConfigurationArguments configuration)
      throws IOException {
    requireDirectory(directory);
    // Loads the backbone, of which the golden pictures' features are.
    PipelineSettings unused = configuration.settings(backbone);
    byte[] bytes = ModelArgument.bytes(model);
    LoadedModel loaded = ModelArgument.read(model, bytes);
    try (QuadrupletNetwork network = loaded.network()) {
      OnnxFiles.write(directory, loaded, Sha256.of(bytes));
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "Model version %d, images %s to %d values, in %s: %s, %s, %s%n",
          loaded.info().version(),
          network.spec().input(),
          network.spec().embeddingSize(),
          directory,
          OnnxFiles.EMBEDDER,
          OnnxFiles.PAIR,
          OnnxFiles.GOLDEN);
    }
    return ExitCode.OK;
  }
}
