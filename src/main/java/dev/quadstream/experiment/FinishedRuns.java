package dev.quadstream.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.digest.Sha256;
import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * Measurements of finished runs in a directory, so that hours of work survive an interruption. A
 * run is what its file's name, trial and options say; one of another trial, of other images or
 * options is refused, not mixed in. Safe for threads that keep different runs.
 */
public final class FinishedRuns {

  /** A name has 255 bytes on most file systems, {@code .json.part} among them. */
  private static final int LONGEST_NAME = 245;

  private static final int SHOWN_NAME = 100;

  private final Path directory;

  /** What a file holds: of which run, and its result. Those of before have no digest. */
  private record Finished(
      String dataset,
      HeldOutPart on,
      int images,
      String digest,
      Map<String, String> options,
      Measurement measurement) {}

  /**
   * Keeps runs in a directory, which is made if absent.
   *
   * @throws IOException if it cannot be made
   */
  public FinishedRuns(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  /**
   * A run's result, if it has finished before.
   *
   * @throws IllegalStateException if a run of that name was of something else
   */
  Optional<Measurement> find(Run run) {
    Path file = file(run);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Finished finished = JsonMessages.read(Files.readAllBytes(file), Finished.class);
      if (finished.digest() == null) {
        throw refused(
            "%s was kept by an earlier version, which did not keep what its images show"
                .formatted(file));
      }
      if (!finished.dataset().equals(run.dataset())
          || finished.on() != run.on()
          || finished.images() != run.images()
          || !finished.options().equals(run.options())) {
        throw refused(
            "%s is of %s (%s), %d images and %s; this run is of %s (%s), %d images and %s"
                .formatted(
                    file,
                    finished.dataset(),
                    finished.on().text(),
                    finished.images(),
                    finished.options(),
                    run.dataset(),
                    run.on().text(),
                    run.images(),
                    run.options()));
      }
      if (!finished.digest().equals(run.digest())) {
        throw refused(
            "%s is of other images of that name: %s is another dataset, or has changed since"
                .formatted(file, run.dataset()));
      }
      return Optional.of(finished.measurement());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the finished run " + file, e);
    }
  }

  private static IllegalStateException refused(String why) {
    return new IllegalStateException(why + ". Give another directory, or remove the file.");
  }

  /** Keeps a run's result; a reader sees all of it or nothing. */
  void keep(Run run, Measurement measurement) {
    Path file = file(run);
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(
          temporary,
          JsonMessages.write(
              new Finished(
                  run.dataset(),
                  run.on(),
                  run.images(),
                  run.digest(),
                  run.options(),
                  measurement)));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep the finished run " + file, e);
    }
  }

  private Path file(Run run) {
    // A row's name may hold what an option's value does, a path among it.
    String name = URLEncoder.encode(run.row(), UTF_8) + "-" + run.seed();
    if (name.length() > LONGEST_NAME) {
      name = name.substring(0, SHOWN_NAME) + "-" + Sha256.of(name.getBytes(UTF_8));
    }
    return directory.resolve(name + ".json");
  }
}
