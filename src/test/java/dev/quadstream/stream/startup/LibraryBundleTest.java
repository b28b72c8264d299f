package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Class loaders over the libraries of this build, less one or more than once. */
class LibraryBundleTest {

  @TempDir private Path directory;

  @Test
  void theLibrariesOfThisBuildAreWhole() {
    ClassLoader loader = getClass().getClassLoader();

    assertThatCode(() -> LibraryBundle.require(loader, loader)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "javacpp-1, javacpp",
    "openblas-0, openblas",
    "nd4j-common-1, nd4j-common",
    "nd4j-api-1, nd4j-api",
    "nd4j-native-api-1, nd4j-native-api",
    "nd4j-native-preset-1, nd4j-native-preset",
    "nd4j-presets-common-1, nd4j-presets-common",
    "nd4j-native-1, nd4j-native",
    "guava-1.0.0-M, guava",
    "jackson-1, jackson",
    "protobuf-1, protobuf",
    "flatbuffers-java-1, flatbuffers-java",
    "deeplearning4j-nn-1, deeplearning4j-nn"
  })
  void aLibraryThatIsMissingIsNamed(String jar, String library) throws IOException {
    try (URLClassLoader loader = loader(urls("", "(?!" + Pattern.quote(jar) + ").*"), null)) {
      assertThatThrownBy(() -> LibraryBundle.require(loader, loader))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContainingAll("The library " + library + " is not on the class path", "lib/");
    }
  }

  @Test
  void onnxRuntimeIsMissedWhereABackboneNeedsItAndNowhereElse() throws IOException {
    ClassLoader whole = getClass().getClassLoader();
    assertThatCode(() -> LibraryBundle.requireOnnxRuntime(whole, whole)).doesNotThrowAnyException();
    try (URLClassLoader loader = loader(urls("", "(?!onnxruntime-).*"), null)) {
      assertThatThrownBy(() -> LibraryBundle.requireOnnxRuntime(loader, loader))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContainingAll("The library onnxruntime is not on the class path", "lib/");
      assertThatCode(() -> LibraryBundle.require(loader, loader)).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource({"javacpp", "openblas", "nd4j-native"})
  void nativesThatAreMissingAreNamed(String library) throws IOException {
    String natives = Pattern.quote(library) + "-.*-(linux|macosx|windows)-.*";
    try (URLClassLoader loader = loader(urls("", "(?!" + natives + ").*"), null)) {
      assertThatThrownBy(() -> LibraryBundle.require(loader, loader))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("no native library " + library);
    }
  }

  @Test
  void aSecondCopyOnTheClassPathIsNamed() throws IOException {
    List<URL> urls = urls("", ".*");
    urls.add(copyOf(urls("nd4j-api-", ".*").get(0)));
    try (URLClassLoader loader = loader(urls, null)) {
      assertThatThrownBy(() -> LibraryBundle.require(loader, loader))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContainingAll("nd4j-api is there 2 times", "copy-of-nd4j-api");
    }
  }

  @Test
  void aBundleThatComesWithTheJobIsRefused() throws IOException {
    try (URLClassLoader flink = loader(List.of(), null);
        URLClassLoader job = loader(urls("", ".*"), flink)) {
      assertThatThrownBy(() -> LibraryBundle.require(job, flink))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContainingAll("javacpp comes with the job", "not from Flink's lib/");
    }
  }

  private URL copyOf(URL jar) throws IOException {
    Path original = Path.of(jar.getPath());
    return Files.copy(original, directory.resolve("copy-of-" + original.getFileName()))
        .toUri()
        .toURL();
  }

  /** Those of this JVM whose names start so and match. */
  private static List<URL> urls(String prefix, String names) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    List<String> classPath =
        Arrays.asList(
            System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1));
    for (String entry : classPath) {
      String name = Path.of(entry).getFileName().toString();
      if (name.startsWith(prefix) && name.matches(names)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return urls;
  }

  private static URLClassLoader loader(List<URL> urls, ClassLoader parent) {
    return new URLClassLoader(
        urls.toArray(URL[]::new), parent == null ? ClassLoader.getPlatformClassLoader() : parent);
  }
}
