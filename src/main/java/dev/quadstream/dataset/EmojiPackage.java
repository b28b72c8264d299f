package dev.quadstream.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A set of SVG icons in Iconify's JSON, with the code points that each stands for.
 *
 * @param icons {@code icons.json}: bodies of SVG files by name, and aliases of them
 * @param characters {@code chars.json}: code points in hexadecimal, with dashes between, → name
 */
record EmojiPackage(JsonNode icons, JsonNode characters) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An alias of an alias of … */
  private static final int MAX_ALIASES = 8;

  /**
   * Reads a design's package.
   *
   * @throws DatasetException if it is not there, is another one or is damaged, saying what to do
   */
  static EmojiPackage read(Path folder, EmojiDesign design) {
    Path file = folder.resolve(design.file());
    if (!Files.isRegularFile(file)) {
      throw new DatasetException(
          "There is no %s in %s. The emoji come by npm, 7 MB: %s"
              .formatted(design.file(), folder, EmojiDesign.command(folder)));
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      String sha512 = Base64.getEncoder().encodeToString(sha512().digest(bytes));
      if (!sha512.equals(design.sha512())) {
        throw new DatasetException(
            "%s is not the file that was published: its SHA-512 is %s and not %s. Fetch it again: %s"
                .formatted(file, sha512, design.sha512(), EmojiDesign.command(folder)));
      }
      return unpacked(bytes);
    } catch (IOException error) {
      throw new DatasetException("Cannot read %s (%s).".formatted(file, error.getMessage()), error);
    }
  }

  private static EmojiPackage unpacked(byte[] file) throws IOException {
    JsonNode icons = null;
    JsonNode characters = null;
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(file)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().equals("package/icons.json")) {
          icons = JSON.readTree(tar.readAllBytes());
        } else if (entry.getName().equals("package/chars.json")) {
          characters = JSON.readTree(tar.readAllBytes());
        }
      }
    }
    if (icons == null || characters == null) {
      throw new IOException("it has no icons.json and chars.json");
    }
    return new EmojiPackage(icons, characters);
  }

  /** The SVG file of a name, or nothing where there is none or it is withdrawn. */
  Optional<String> svg(String name) {
    JsonNode names = icons.path("aliases");
    JsonNode icon = icons.path("icons").path(name);
    String parent = name;
    boolean mirrored = false;
    boolean upsideDown = false;
    for (int aliases = 0; icon.isMissingNode() && aliases < MAX_ALIASES; aliases++) {
      JsonNode alias = names.path(parent);
      mirrored ^= alias.path("hFlip").asBoolean();
      upsideDown ^= alias.path("vFlip").asBoolean();
      parent = alias.path("parent").asText();
      icon = icons.path("icons").path(parent);
    }
    if (icon.isMissingNode() || icon.path("hidden").asBoolean()) {
      return Optional.empty();
    }
    double left = number(icon, "left", 0);
    double top = number(icon, "top", 0);
    double width = number(icon, "width", 16);
    double height = number(icon, "height", 16);
    String body = icon.path("body").asText();
    if (mirrored || upsideDown) {
      body =
          "<g transform=\"translate(%s %s) scale(%d %d)\">%s</g>"
              .formatted(
                  mirrored ? 2 * left + width : 0,
                  upsideDown ? 2 * top + height : 0,
                  mirrored ? -1 : 1,
                  upsideDown ? -1 : 1,
                  body);
    }
    return Optional.of(
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
                + " viewBox=\"%s %s %s %s\">%s</svg>")
            .formatted(left, top, width, height, body));
  }

  /** An icon's own measure, or else the one of all, or else Iconify's. */
  private double number(JsonNode icon, String key, double usual) {
    return icon.path(key).asDouble(icons.path(key).asDouble(usual));
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException("This Java has no SHA-512.", error);
    }
  }
}
