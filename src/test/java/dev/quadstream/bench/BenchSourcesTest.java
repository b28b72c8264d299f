package dev.quadstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmark is built when it is run: without this, a change that breaks it goes unnoticed. */
class BenchSourcesTest {

  private static final Path SOURCES = Path.of("src", "bench", "java");

  @TempDir private Path classes;

  @Test
  void theBenchmarkCompilesAgainstTheProductAndRefusesAReportThatCannotBeWritten()
      throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (Stream<Path> files = Files.walk(SOURCES);
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of(
                      "-proc:none",
                      "-d",
                      classes.toString(),
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources))
              .call();

      assertThat(compiled).as("%d sources: %s", sources.size(), messages).isTrue();
    }
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      Object bench =
          loader
              .loadClass("dev.quadstream.bench.BenchCommand")
              .getDeclaredConstructor()
              .newInstance();
      StringWriter errors = new StringWriter();

      int code =
          new CommandLine(bench)
              .setErr(new PrintWriter(errors, true))
              .execute("--report", classes.toString());

      assertThat(code).isNotZero();
      assertThat(errors.toString()).contains("No file can be written at", "it is a directory");
    }
  }
}
