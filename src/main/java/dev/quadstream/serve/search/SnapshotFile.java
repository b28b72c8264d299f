package dev.quadstream.serve.search;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.search.IndexedImage;
import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.ReleaseIndexes;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A file that holds a snapshot whole or not at all: it is written beside its place, reaches the
 * disk, and is renamed. Its last eight bytes are the CRC-32C of all others. Not thread-safe.
 */
final class SnapshotFile {

  /** With the version of the format. */
  private static final long MAGIC = 0x5155414453530003L;

  private static final int BUFFER = 1 << 16;

  private final Path file;

  SnapshotFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** Writes a snapshot in place of the one that is there, which stays if that fails. */
  void write(Snapshot snapshot) throws IOException {
    Files.createDirectories(file.getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      write(snapshot, temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      // Else a disk that is full stays so.
      Files.deleteIfExists(temporary);
    }
  }

  private static void write(Snapshot snapshot, Path temporary) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      CheckedOutputStream checked =
          new CheckedOutputStream(Channels.newOutputStream(channel), new CRC32C());
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER));
      out.writeLong(MAGIC);
      write(out, JsonMessages.write(snapshot.header()));
      for (ReleaseIndex release : snapshot.indexes().all()) {
        out.writeBoolean(true);
        write(out, release);
      }
      out.writeBoolean(false);
      out.writeInt(snapshot.trials().size());
      for (Map.Entry<String, OpenSetTrials.State> trials : snapshot.trials().entrySet()) {
        write(out, trials.getKey());
        write(out, JsonMessages.write(trials.getValue()));
      }
      out.flush();
      out.writeLong(checked.getChecksum().getValue());
      out.flush();
      channel.force(true);
    }
  }

  private static void write(DataOutputStream out, ReleaseIndex release) throws IOException {
    write(out, release.key().run());
    out.writeLong(release.key().release());
    int dimensions = release.index().dimensions();
    out.writeInt(dimensions);
    ByteBuffer vector = ByteBuffer.allocate(dimensions * Float.BYTES);
    for (String id : release.index().ids()) {
      Optional<IndexedImage> image = release.index().get(id);
      // One that was deleted since is told again by its record.
      if (image.isPresent()) {
        out.writeBoolean(true);
        write(out, id);
        out.writeBoolean(image.get().label() != null);
        if (image.get().label() != null) {
          write(out, image.get().label());
        }
        vector.asFloatBuffer().put(image.get().vector());
        out.write(vector.array());
      }
    }
    out.writeBoolean(false);
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    write(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads the snapshot.
   *
   * @param indexes makes the indexes to fill
   * @return nothing where there is no file
   * @throws IOException if it cannot be read or is no snapshot, saying why
   */
  Optional<Snapshot> read(Supplier<ReleaseIndexes> indexes) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // First, so that no length below is a wrong one.
    requireWhole();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      if (in.readLong() != MAGIC) {
        throw new IOException("it is of another version");
      }
      Snapshot.Header header = JsonMessages.read(bytes(in), Snapshot.Header.class);
      ReleaseIndexes filled = indexes.get();
      while (in.readBoolean()) {
        readRelease(in, filled);
      }
      Map<String, OpenSetTrials.State> trials = new HashMap<>();
      int runs = in.readInt();
      for (int run = 0; run < runs; run++) {
        trials.put(text(in), JsonMessages.read(bytes(in), OpenSetTrials.State.class));
      }
      return Optional.of(new Snapshot(header, filled, trials));
    }
  }

  private void requireWhole() throws IOException {
    long content = Files.size(file) - Long.BYTES;
    if (content < Long.BYTES) {
      throw new IOException("it is cut off");
    }
    CRC32C sum = new CRC32C();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(
                new BufferedInputStream(Files.newInputStream(file), BUFFER), sum))) {
      in.skipNBytes(content);
      long expected = sum.getValue();
      if (in.readLong() != expected) {
        throw new IOException("its checksum does not fit, so it is damaged");
      }
    }
  }

  private static void readRelease(DataInputStream in, ReleaseIndexes indexes) throws IOException {
    ReleaseKey key = new ReleaseKey(text(in), in.readLong());
    int dimensions = in.readInt();
    byte[] bytes = new byte[dimensions * Float.BYTES];
    float[] vector = new float[dimensions];
    while (in.readBoolean()) {
      String id = text(in);
      String label = in.readBoolean() ? text(in) : null;
      in.readFully(bytes);
      ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
      indexes.put(key, id, label, vector);
    }
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
