package dev.quadstream.dataset;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a dataset as its authors divided it. */
public enum Part {
  /** The images to learn from. */
  TRAIN,
  /** The images to choose options by. */
  VALIDATION,
  /** The images to measure with: of re-identification sets the queries and the gallery. */
  TEST,
  /** The images that are looked up. */
  QUERY,
  /** The images that are looked up in. */
  GALLERY,
  /** Every image. */
  ALL;

  private static final Map<String, Part> NAMES =
      Map.ofEntries(
          Map.entry("train", TRAIN),
          Map.entry("training", TRAIN),
          Map.entry("val", VALIDATION),
          Map.entry("valid", VALIDATION),
          Map.entry("validation", VALIDATION),
          Map.entry("dev", VALIDATION),
          Map.entry("test", TEST),
          Map.entry("testing", TEST),
          Map.entry("t10k", TEST),
          Map.entry("query", QUERY),
          Map.entry("queries", QUERY),
          Map.entry("probe", QUERY),
          Map.entry("probes", QUERY),
          Map.entry("gallery", GALLERY));

  private static final Pattern WITH_ADDITION =
      Pattern.compile(
          "(?:(?:images|imgs|data)[_ -])?(?<part>[a-z0-9]+?)"
              + "(?:[_ -]?(?:set|data|dataset|images|imgs|split|20[0-9]{2}))?");

  /**
   * The part that a folder or a list calls so, in any case and with what people add: {@code
   * training_set}, {@code val2017}, {@code images-test}.
   */
  public static Optional<Part> named(String name) {
    Matcher bare = WITH_ADDITION.matcher(name.strip().toLowerCase(Locale.ROOT));
    return Optional.ofNullable(bare.matches() ? NAMES.get(bare.group("part")) : null);
  }

  /** As people write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether an image of the other part, or of none where that is null, belongs to this one. */
  public boolean includes(Part other) {
    return this == ALL || this == other || (this == TEST && (other == QUERY || other == GALLERY));
  }

  /** What stands for this part in a dataset that does not have it, or this one. */
  public Part fallback() {
    return switch (this) {
      case TEST -> VALIDATION;
      case QUERY -> TEST;
      case GALLERY -> TRAIN;
      default -> this;
    };
  }
}
