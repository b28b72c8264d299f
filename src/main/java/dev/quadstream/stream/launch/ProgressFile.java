package dev.quadstream.stream.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.RegistryFiles;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.core.fs.Path;

/**
 * The file {@code pipelines/NAME.json} in the directory of checkpoints that remembers how far a
 * pipeline has come. Thread-safe for one writer.
 */
final class ProgressFile {

  static final String DIRECTORY = "pipelines";
  private static final long MAX_BYTES = 1 << 16;

  private final String pipeline;
  private final RegistryFiles files;
  private final Path file;

  /**
   * Touches no file.
   *
   * @param checkpoints the directory of checkpoints, which several pipelines may share
   * @param pipeline the pipeline's name
   */
  ProgressFile(Path checkpoints, String pipeline) {
    this.pipeline = pipeline;
    this.files = new RegistryFiles(checkpoints);
    this.file = files.resolve(DIRECTORY + "/" + fileName(pipeline));
  }

  /** Names that differ in what a file name cannot hold have different files. */
  private static String fileName(String pipeline) {
    String readable = pipeline.replaceAll("[^A-Za-z0-9._-]", "_");
    return readable.substring(0, Math.min(readable.length(), 100))
        + "-"
        + UUID.nameUUIDFromBytes(pipeline.getBytes(UTF_8)).toString().substring(0, 8)
        + ".json";
  }

  /**
   * What was written last, if anything.
   *
   * @throws RegistryException if it cannot be read, or is damaged
   */
  Optional<PipelineProgress> read() {
    return files.read(file, MAX_BYTES).map(this::parse);
  }

  private PipelineProgress parse(byte[] json) {
    try {
      return JsonMessages.read(json, PipelineProgress.class);
    } catch (MalformedMessageException e) {
      throw RegistryException.lost("%s is damaged: %s.".formatted(file, e.getMessage()));
    }
  }

  /** What is known of a job; a damaged file, of which its start was told, is written anew. */
  private Optional<PipelineProgress> of(String job) {
    try {
      return read().filter(known -> known.job().equals(job));
    } catch (RegistryException e) {
      if (e.isLost()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Replaces it.
   *
   * @throws RegistryException if it cannot be written
   */
  void write(PipelineProgress progress) {
    files.write(file, JsonMessages.writeIndented(progress));
  }

  /** Notes that a job begins; one that Flink starts again by itself has been noted. */
  void begin(String job, String startedFrom) {
    if (of(job).isEmpty()) {
      write(new PipelineProgress(pipeline, job, startedFrom, null));
    }
  }

  /** Notes a whole checkpoint or savepoint of a job. */
  void completed(String job, String checkpoint) {
    write(of(job).orElse(new PipelineProgress(pipeline, job, null, null)).at(checkpoint));
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
