package dev.quadstream.dataset.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanTest {

  @TempDir private Path root;

  /** As the walk tells of it: to a superuser no folder is closed. */
  @Test
  void aFolderThatMayNotBeReadIsSaidAsAFileOfTheClassThatItWouldHaveBeen() throws IOException {
    Path closed = Files.createDirectory(root.resolve("cup"));
    Path gone = root.resolve("dog").resolve("b.png");
    Scan.Visitor visitor = new Scan.Visitor(root, 1_000);

    assertThat(visitor.visitFileFailed(closed, new AccessDeniedException(closed.toString())))
        .isEqualTo(FileVisitResult.CONTINUE);
    assertThat(visitor.visitFileFailed(gone, new NoSuchFileException(gone.toString())))
        .isEqualTo(FileVisitResult.CONTINUE);

    assertThat(visitor.files())
        .extracting(ScannedFile::name, ScannedFile::problem)
        .containsExactly(
            tuple("cup/*", "a folder that may not be read"), tuple("dog/b.png", "not there"));
  }
}
