package dev.quadstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages for people say of the code is there. */
class DocumentationTest {

  /** Those that tell of the code; the others name classes of Kafka and Java, too. */
  private static final List<String> PAGES =
      List.of(
          "README.md",
          "CONTRIBUTING.md",
          "docs/algorithm.md",
          "docs/extending.md",
          "docs/guarantees.md");

  /** Names of other projects' classes, and of a convention. */
  private static final Set<String> NOT_OURS =
      Set.of("ConfigOption", "DataSet", "NameIT", "NameTest", "TestingName");

  private static final Path MAIN = Path.of("src/main/java/dev/quadstream");

  private static final Pattern CODE_BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern CLASS_NAME =
      Pattern.compile("`(?:[a-z]\\w*\\.)*([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)(?:[.#][\\w.()]+)?`");
  private static final Pattern CLASS_OF_PACKAGE = Pattern.compile("`((?:[a-z]\\w*\\.)+[A-Z]\\w+)");
  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|record|enum|interface) ([A-Z]\\w+)");

  @Test
  void everyClassThatAPageNamesExists() throws IOException {
    Set<String> declared = new TreeSet<>(NOT_OURS);
    for (Path source : sources()) {
      declared.addAll(named(DECLARATION, Files.readString(source)));
    }
    for (String page : PAGES) {
      String text = CODE_BLOCK.matcher(Files.readString(Path.of(page))).replaceAll("");
      assertThat(named(CLASS_NAME, text)).as("classes that %s names", page).isSubsetOf(declared);
    }
  }

  @Test
  void everyClassThatAPageNamesWithItsPackageIsThere() throws IOException {
    for (String page : PAGES) {
      for (String name : named(CLASS_OF_PACKAGE, Files.readString(Path.of(page)))) {
        if (ArchitectureTest.packages().contains(name.substring(0, name.lastIndexOf('.')))) {
          assertThat(MAIN.resolve(name.replace('.', '/') + ".java")).as(page).exists();
        }
      }
    }
  }

  @Test
  void everyPackageSaysWhatBelongsThere() {
    for (String name : ArchitectureTest.packages()) {
      assertThat(MAIN.resolve(name.replace('.', '/') + "/package-info.java")).exists();
    }
  }

  @Test
  void theLayoutTableListsEveryPackage() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String table = readme.substring(readme.indexOf("| `src/main/java/dev/quadstream/"));
    for (String name : ArchitectureTest.packages()) {
      String last = name.substring(name.lastIndexOf('.') + 1);
      assertThat(table).as("package %s", name).containsPattern("[`./]" + last + "`");
    }
  }

  private static List<String> named(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(DocumentationTest::name).toList();
  }

  private static String name(MatchResult found) {
    return found.group(1);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("src"))) {
      return all.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
