package dev.quadstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages for people say of the code is there. */
class DocumentationTest {

  /** Names of other projects' classes, of an alert, and of a convention. */
  private static final Set<String> NOT_OURS =
      Set.of(
          "ConfigOption",
          "DataSet",
          "ExtractNewRecordState",
          "IntegerSerializer",
          "LongSerializer",
          "NameIT",
          "NameTest",
          "OutOfMemoryError",
          "RoundTakesLong",
          "StringSerializer",
          "TestingName");

  private static final Pattern CODE_BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern CLASS_NAME =
      Pattern.compile("`(?:[a-z]\\w*\\.)*([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)(?:[.#][\\w.()]+)?`");
  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|record|enum|interface) ([A-Z]\\w+)");

  @Test
  void everyClassThatAPageNamesExists() throws IOException {
    Set<String> declared = new TreeSet<>(NOT_OURS);
    for (Path source : files(Path.of("src"), ".java")) {
      declared.addAll(named(DECLARATION, Files.readString(source)));
    }
    List<Path> pages = new ArrayList<>(files(Path.of("docs"), ".md"));
    pages.add(Path.of("README.md"));
    pages.add(Path.of("CONTRIBUTING.md"));
    for (Path page : pages) {
      String text = CODE_BLOCK.matcher(Files.readString(page)).replaceAll("");
      assertThat(declared).as("classes that %s names", page).containsAll(named(CLASS_NAME, text));
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

  private static List<Path> files(Path below, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }
}
