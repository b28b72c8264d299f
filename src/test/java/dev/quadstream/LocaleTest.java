package dev.quadstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What machines read is the same whatever the language of the machine that wrote it. */
class LocaleTest {

  /** A number within a text without blanks, which is a name, an id, an address or a cell. */
  private static final Pattern NAME_IN_THE_DEFAULT_LOCALE =
      Pattern.compile(
          "\"(?=[^\"\\s]*%[-+,0(#]*\\d*(?:\\.\\d+)?[dfeg])(?:[^\"\\\\\\s]|\\\\.)*\"\\s*\\.formatted\\(");

  private static final Pattern FORMAT_IN_THE_DEFAULT_LOCALE =
      Pattern.compile("String\\.format\\(\\s*(?!Locale\\.)[^)\\s]");

  @Test
  void noNameIsFormattedInTheLocaleOfTheMachine() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source);
        for (Pattern pattern : List.of(NAME_IN_THE_DEFAULT_LOCALE, FORMAT_IN_THE_DEFAULT_LOCALE)) {
          pattern.matcher(text).results().forEach(use -> found.add(source + ": " + use.group()));
        }
      }
    }
    assertThat(found)
        .as("names with numbers in them: String.format(Locale.ROOT, …), or put together by +")
        .isEmpty();
  }

  /** By what {@code main} sets for all the others. */
  @Test
  void messagesHaveTheDigitsThatFlagsAreTypedIn() throws Exception {
    Process program =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Duser.language=fa",
                "-Duser.country=IR",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.quadstream.cli.Quadstream",
                "train",
                "--dataset=icons",
                "--passes=-5",
                "--out=unwritten.qsm")
            .redirectErrorStream(true)
            .start();
    assertThat(new String(program.getInputStream().readAllBytes(), UTF_8)).contains("not -5 and");
    assertThat(program.waitFor()).isEqualTo(2);
  }

  @Test
  void theRuleFindsWhatItIsFor() {
    assertThat("\"v%010d-%s\"\n    .formatted(version, sha)")
        .containsPattern(NAME_IN_THE_DEFAULT_LOCALE);
    assertThat("\"%s has %d bytes.\".formatted(file, bytes)")
        .doesNotContainPattern(NAME_IN_THE_DEFAULT_LOCALE);
    assertThat("\"%s/%s\".formatted(name, run)").doesNotContainPattern(NAME_IN_THE_DEFAULT_LOCALE);
    assertThat("String.format(\n    \"v%d\", version)")
        .containsPattern(FORMAT_IN_THE_DEFAULT_LOCALE);
    assertThat("String.format(\n    Locale.ROOT, \"v%d\", version)")
        .doesNotContainPattern(FORMAT_IN_THE_DEFAULT_LOCALE);
  }
}
