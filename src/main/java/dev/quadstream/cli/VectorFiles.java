package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.commons.text.StringEscapeUtils.escapeCsv;

import dev.quadstream.kafka.EmbeddingMessage;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;

/** Vectors of one release, at least one, as files that other programs read. */
final class VectorFiles {

  static final String CSV = "vectors.csv";
  static final String NPY = "vectors.npy";

  /** What the rows of {@link #NPY} are. */
  static final String IMAGES = "images.csv";

  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int NPY_ALIGNMENT = 64;

  private VectorFiles() {}

  private interface Content {
    void write(Path file) throws IOException;
  }

  /** Writes id, label, whether it was mapped, and the vector's values of each, one a line. */
  static void writeCsv(Path directory, Collection<EmbeddingMessage> embeddings) throws IOException {
    int width = width(embeddings);
    put(directory.resolve(CSV), file -> writeLines(file, embeddings, width));
  }

  /** Writes the vectors as NumPy reads them, [N][E] of 32-bit floats, and what the rows are. */
  static void writeNpy(Path directory, Collection<EmbeddingMessage> embeddings) throws IOException {
    int width = width(embeddings);
    put(directory.resolve(NPY), file -> writeArray(file, embeddings, width));
    put(directory.resolve(IMAGES), file -> writeLines(file, embeddings, 0));
  }

  /** Whole or not at all. */
  private static void put(Path file, Content content) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    try {
      content.write(part);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void writeLines(Path file, Collection<EmbeddingMessage> embeddings, int values)
      throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, UTF_8)) {
      out.write("id,label,mapped");
      for (int i = 0; i < values; i++) {
        out.write(",v" + i);
      }
      out.write('\n');
      for (EmbeddingMessage embedding : embeddings) {
        out.write(escapeCsv(embedding.id()) + ",");
        out.write(escapeCsv(Objects.requireNonNullElse(embedding.label(), "")));
        out.write("," + embedding.mapped());
        for (int i = 0; i < values; i++) {
          out.write("," + embedding.vector()[i]);
        }
        out.write('\n');
      }
    }
  }

  /** Of each of them: anyone may write to the topic, and another length fits no array. */
  private static int width(Collection<EmbeddingMessage> embeddings) {
    EmbeddingMessage first = embeddings.iterator().next();
    for (EmbeddingMessage other : embeddings) {
      if (other.vector().length != first.vector().length) {
        throw CommandException.failed(
            "The vector of image %s has %d values and that of %s %d, and both name one release. Remove the one that is wrong by a record of its id without a value."
                .formatted(first.id(), first.vector().length, other.id(), other.vector().length),
            null);
      }
    }
    return first.vector().length;
  }

  /** Version 1.0 of NumPy's format: magic, length of the header, header, rows. */
  private static void writeArray(Path file, Collection<EmbeddingMessage> embeddings, int width)
      throws IOException {
    String shape =
        String.format(
            Locale.ROOT,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }",
            embeddings.size(),
            width);
    int before = NPY_MAGIC.length + Short.BYTES;
    int padded = -Math.floorDiv(-(before + shape.length() + 1), NPY_ALIGNMENT) * NPY_ALIGNMENT;
    int header = padded - before;
    ByteBuffer head =
        ByteBuffer.allocate(padded)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(NPY_MAGIC)
            .putShort((short) header)
            .put((shape + " ".repeat(header - 1 - shape.length()) + "\n").getBytes(US_ASCII));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(head.array());
      ByteBuffer row = ByteBuffer.allocate(Float.BYTES * width).order(ByteOrder.LITTLE_ENDIAN);
      for (EmbeddingMessage embedding : embeddings) {
        row.asFloatBuffer().put(embedding.vector());
        out.write(row.array());
      }
    }
  }
}
