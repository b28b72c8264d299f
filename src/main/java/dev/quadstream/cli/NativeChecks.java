package dev.quadstream.cli;

import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeLibraries;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Looks at the processor and the native libraries, by using them. */
final class NativeChecks {

  private NativeChecks() {}

  /** The processor's flags, or nothing where there is no /proc/cpuinfo. */
  static Set<String> processorFlags() {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return Set.of();
    }
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .findFirst()
          .map(line -> Arrays.stream(line.split("\\s+")).collect(Collectors.toSet()))
          .orElse(Set.of());
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** The build of ND4J's native library on the class path, such as {@code linux-x86_64-avx2}. */
  static Optional<String> nativeBuild(String platform) {
    return NativeLibraries.build(NativeChecks.class.getClassLoader(), platform);
  }

  static Finding processor(Set<String> flags, Optional<String> build, String platform) {
    if (build.isEmpty()) {
      return Finding.problem(
          "natives",
          "there is no library of ND4J for %s: build on this machine.".formatted(platform));
    }
    if (flags.isEmpty()) {
      return Finding.warning("natives", build.get() + "; what this processor can do is not known.");
    }
    for (String needed : List.of("avx512", "avx2")) {
      String flag = needed.equals("avx512") ? "avx512f" : needed;
      if (build.get().endsWith(needed) && !flags.contains(flag)) {
        return Finding.problem(
            "natives",
            "%s needs %s, which this processor lacks: build with -Dnd4j.classifier=%s-onednn."
                .formatted(build.get(), needed.toUpperCase(java.util.Locale.ROOT), platform));
      }
    }
    return Finding.ok("natives", build.get() + " fits this processor");
  }

  static Finding oneDnn(NetworkSpec spec) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      return network.runsThroughOneDnn()
          ? Finding.ok("oneDNN", "convolutions run through it")
          : Finding.warning(
              "oneDNN",
              "not in use, so training takes twice as long: dnnl has no natives for this platform.");
    } catch (LinkageError | RuntimeException e) {
      return Finding.problem(
          "oneDNN",
          "the native library does not load (%s): check the architecture, free memory and that %s can be written and allows execution (org.bytedeco.javacpp.cachedir)."
              .formatted(ExceptionUtils.getRootCause(e), NativeLibraries.cacheDirectory()));
    }
  }

  /** Drawing icons loads FreeType, which a slim container may lack. */
  static Finding fonts() {
    try {
      double width =
          new Font(Font.SANS_SERIF, Font.PLAIN, 12)
              .getStringBounds("quadstream", new FontRenderContext(null, true, true))
              .getWidth();
      return width > 0
          ? Finding.ok("fonts", "text can be drawn, as the icons need")
          : Finding.warning(
              "fonts", "text has no width: install a font, such as fonts-dejavu-core.");
    } catch (LinkageError | RuntimeException e) {
      return Finding.warning(
          "fonts",
          "text cannot be drawn (%s), so the icons cannot: install libfreetype6, libharfbuzz0b, fontconfig and fonts-dejavu-core."
              .formatted(ExceptionUtils.getRootCause(e)));
    }
  }
}
