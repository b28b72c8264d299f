package dev.quadstream.dataset.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders of files that start as images do; each file is another one. */
final class TestingTree {

  private static final String PNG = "\u0089PNG\r\n\u001a\n";
  private static final String JPEG = "\u00ff\u00d8\u00ff\u00e0";
  private static final String HEIC = "\0\0\0\u0018ftypheic";

  private final Path root;
  private int written;

  TestingTree(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  TestingTree png(String... names) throws IOException {
    return write(PNG, names);
  }

  TestingTree jpeg(String... names) throws IOException {
    return write(JPEG, names);
  }

  TestingTree heic(String... names) throws IOException {
    return write(HEIC, names);
  }

  TestingTree text(String name, String content) throws IOException {
    Files.writeString(file(name), content);
    return this;
  }

  Path file(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  private TestingTree write(String start, String... names) throws IOException {
    for (String name : names) {
      Files.write(file(name), (start + " image " + written++).getBytes(ISO_8859_1));
    }
    return this;
  }
}
