package dev.quadstream.registry;

import dev.quadstream.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;

/**
 * What replicas bring to the merge and is too large for a record, as immutable files {@code
 * name/run/contributions/wNNNNNNNNNN-sha.qsc}: by the last window and the checksum, so that writing
 * the same again changes nothing.
 *
 * <p>Every method throws {@link RegistryException} naming the file when it cannot do its work.
 * Thread-safe.
 */
public final class ContributionFiles {

  private static final String FOLDER = "contributions";
  private static final int SHA_IN_NAME = 12;
  private static final Pattern OWN_NAME = Pattern.compile("w(\\d{10,})-[0-9a-f]{12}\\.qsc");

  // As of models: no part may start with a dot or hold a colon.
  private static final Pattern OWN_PATH =
      Pattern.compile("([A-Za-z0-9_-][A-Za-z0-9._-]*/){2}" + FOLDER + "/" + OWN_NAME);

  private final RegistryFiles files;

  /**
   * A file.
   *
   * @param path in the registry
   * @param bytes of it
   * @param sha256 of it
   */
  public record Stored(String path, long bytes, String sha256) {}

  /**
   * Touches no file.
   *
   * @param directory of the registry
   */
  public ContributionFiles(Path directory) {
    this.files = new RegistryFiles(directory);
  }

  /**
   * Puts down what a replica brings; a file of the same content is replaced in one step.
   *
   * @param window the number of its last window
   */
  public Stored write(
      String name, String run, int replica, long window, RegistryFiles.Content content) {
    Measured measured = new Measured(content);
    Path file =
        files.write(
            folder(name, run),
            writer(replica),
            measured,
            () ->
                String.format(
                    Locale.ROOT,
                    "w%010d-%s.qsc",
                    window,
                    measured.sha256().substring(0, SHA_IN_NAME)));
    return new Stored(
        "%s/%s/%s/%s".formatted(name, run, FOLDER, file.getName()),
        measured.length,
        measured.sha256());
  }

  /**
   * Deletes the temporary files that a crashed writer left. For the replica itself, before it
   * writes: a run has only one of that number.
   */
  public int removeLeftovers(String name, String run, int replica) {
    return files.removeTemporaries(folder(name, run), writer(replica));
  }

  private static String writer(int replica) {
    return "r" + replica;
  }

  /**
   * Opens a file. Its checksum is looked at as its last byte is read, so nothing of it may be used
   * before.
   *
   * @return to be closed by the caller
   */
  public InputStream open(Stored stored) {
    Path file = own(stored.path());
    if (!files.exists(file)) {
      // Where the folder is away as well, so may be the file system.
      String missing =
          "%s is missing, which a replica put down for the merge: was it deleted? Put it back, go back to a checkpoint or savepoint before it, from where it is written again, or start a run from the newest model (run --from-model)."
              .formatted(file);
      throw files.exists(file.getParent())
          ? RegistryException.lost(missing)
          : new RegistryException(missing);
    }
    return new Verified(files.open(file), file, stored);
  }

  /** Deletes a file; one that is gone already is no error, and any other than such is refused. */
  public void delete(String path) {
    files.delete(own(path));
  }

  private Path own(String path) {
    if (!OWN_PATH.matcher(path).matches()) {
      throw new RegistryException(
          "'%s' is no name that the registry %s gives to what a replica brings."
              .formatted(path, files.directory()));
    }
    return files.resolve(path);
  }

  private Path folder(String name, String run) {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    return files.resolve("%s/%s/%s".formatted(name, run, FOLDER));
  }

  /**
   * The files of a run that no job needs which goes on from the models that stay, and what crashed
   * writers left.
   *
   * @param oldestModel the oldest version that stays; empty where none does
   */
  List<FileStatus> surplus(String name, String run, OptionalLong oldestModel) {
    Path folder = folder(name, run);
    List<FileStatus> surplus = new ArrayList<>();
    for (FileStatus file : files.list(folder)) {
      Matcher own = OWN_NAME.matcher(file.getPath().getName());
      if (own.matches()
          && (oldestModel.isEmpty() || Long.parseLong(own.group(1)) < oldestModel.getAsLong())) {
        surplus.add(file);
      }
    }
    files.temporaries(folder).stream().filter(RegistryFiles::isAbandoned).forEach(surplus::add);
    return surplus;
  }

  /** Content whose length and checksum are known once it is written. */
  private static final class Measured implements RegistryFiles.Content {
    private final RegistryFiles.Content content;
    private final Sha256 digest = new Sha256();
    private String sha256;
    private long length;

    Measured(RegistryFiles.Content content) {
      this.content = content;
    }

    @Override
    public void writeTo(OutputStream output) throws IOException {
      content.writeTo(
          new OutputStream() {
            @Override
            public void write(int value) throws IOException {
              write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int offset, int count) throws IOException {
              output.write(buffer, offset, count);
              digest.update(buffer, offset, count);
              length += count;
            }
          });
      sha256 = digest.hex();
    }

    String sha256() {
      return sha256;
    }
  }

  /** Fails at the end of a file that is not the one that was written. */
  private static final class Verified extends InputStream {
    private final InputStream input;
    private final Path file;
    private final Stored expected;
    private final Sha256 digest = new Sha256();
    private long length;

    Verified(InputStream input, Path file, Stored expected) {
      this.input = input;
      this.file = file;
      this.expected = expected;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int most) throws IOException {
      int count = input.read(buffer, offset, most);
      if (count < 0) {
        requireSame(length == expected.bytes());
        return count;
      }
      digest.update(buffer, offset, count);
      length += count;
      requireSame(length <= expected.bytes());
      if (count > 0 && length == expected.bytes()) {
        requireSame(digest.hex().equals(expected.sha256()));
      }
      return count;
    }

    private void requireSame(boolean same) {
      if (!same) {
        throw RegistryException.lost(
            "%s is not the file that a replica put down for the merge, of %d bytes and sha256 %s: it was damaged or changed. Put that one back, go back to a checkpoint or savepoint before it, from where it is written again, or start a run from the newest model (run --from-model)."
                .formatted(file, expected.bytes(), expected.sha256()));
      }
    }

    @Override
    public void close() throws IOException {
      input.close();
    }
  }
}
