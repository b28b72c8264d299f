package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Re-identification sets: identity and camera are in the file's name, the part is the folder.
 * {@code -1} is what its authors call junk: a detector's miss, which counts for nothing.
 *
 * <p>Sources: Zheng et al., ICCV 2015 (Market-1501: {@code 0000} are distractors); Zheng et al.,
 * ICCV 2017 (DukeMTMC-reID); Li et al., CVPR 2014 and Zhong et al., CVPR 2017 (CUHK03); Liu et al.,
 * ECCV 2016 (VeRi-776).
 */
final class IdentityNaming implements FileNaming {

  private static final String JUNK = "-1";

  private static final Map<String, Part> MARKET_PARTS =
      Map.of(
          "bounding_box_train", Part.TRAIN, "bounding_box_test", Part.GALLERY, "query", Part.QUERY);

  private static final Map<String, Part> VERI_PARTS =
      Map.of("image_train", Part.TRAIN, "image_test", Part.GALLERY, "image_query", Part.QUERY);

  /** Of one kind the whole set, which is not divided. */
  private static final Map<String, Part> CUHK03_KINDS =
      Map.of("images_labeled", Part.ALL, "images_detected", Part.ALL);

  private static final List<IdentityNaming> KNOWN =
      List.of(
          new IdentityNaming(
              Layout.MARKET1501,
              "(?<id>-1|\\d{4})_(?<camera>c\\d+)s\\d+_\\d+_\\d+\\..*",
              MARKET_PARTS,
              "0000"),
          new IdentityNaming(
              Layout.DUKEMTMC, "(?<id>-1|\\d{4})_(?<camera>c\\d+)_f\\d+\\..*", MARKET_PARTS, null),
          new IdentityNaming(
              Layout.VERI, "(?<id>\\d{4})_(?<camera>c\\d{3})_\\d{8}_\\d+\\..*", VERI_PARTS, null),
          new IdentityNaming(
              Layout.CUHK03, "(?<id>-1|\\d{4})_(?<camera>c\\d)_\\d+\\..*", MARKET_PARTS, null),
          new IdentityNaming(
              Layout.CUHK03, "(?<id>\\d_\\d{3,4})_(?<camera>[12])_\\d+\\..*", CUHK03_KINDS, null));

  private final Layout layout;
  private final Pattern pattern;
  private final Map<String, Part> parts;
  private final String distractor;
  private final UnaryOperator<String> otherKind;
  private final List<String> warnings;

  private IdentityNaming(
      Layout layout, String pattern, Map<String, Part> parts, String distractor) {
    this(
        layout,
        Pattern.compile(pattern, Pattern.CASE_INSENSITIVE),
        parts,
        distractor,
        name -> null,
        List.of());
  }

  private IdentityNaming(
      Layout layout,
      Pattern pattern,
      Map<String, Part> parts,
      String distractor,
      UnaryOperator<String> otherKind,
      List<String> warnings) {
    this.layout = layout;
    this.pattern = pattern;
    this.parts = parts;
    this.distractor = distractor;
    this.otherKind = otherKind;
    this.warnings = warnings;
  }

  /**
   * The set whose names the images carry.
   *
   * @param wanted a set, or {@link Layout#AUTO} for any
   */
  static Optional<FileNaming> recognise(Scan scan, Layout wanted) {
    return KNOWN.stream()
        .filter(known -> wanted == Layout.AUTO || wanted == known.layout)
        .filter(known -> known.fits(scan))
        .findFirst()
        .map(known -> known.forImagesOf(scan));
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public Reading read(String name) {
    Matcher matcher = pattern.matcher(Names.file(name));
    if (!matcher.matches()) {
      return Reading.passedOver("not named as the images of this dataset");
    }
    Part part = parts.get(Names.folder(name));
    if (part == null && !Names.folder(name).isEmpty()) {
      return Reading.passedOver("in a folder that is no part of this dataset");
    }
    String leftOut = otherKind.apply(name);
    if (leftOut != null) {
      return Reading.passedOver(leftOut);
    }
    String identity = matcher.group("id");
    if (identity.equals(JUNK)) {
      return Reading.passedOver("junk (identity -1)");
    }
    return Reading.of(
        identity,
        part == Part.ALL ? null : part,
        new Sighting(matcher.group("camera"), null, identity.equals(distractor)));
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  private boolean fits(Scan scan) {
    List<String> names =
        scan.images().stream()
            .map(ScannedFile::name)
            .filter(name -> Names.folders(name).isEmpty() || parts.containsKey(Names.folder(name)))
            .toList();
    return Names.areMostly(names, name -> pattern.matcher(Names.file(name)).matches());
  }

  /** CUHK03 comes twice, with boxes by hand and by a detector: the same pictures, cut otherwise. */
  private IdentityNaming forImagesOf(Scan scan) {
    if (layout != Layout.CUHK03 || !(has(scan, "labeled") && has(scan, "detected"))) {
      return this;
    }
    return new IdentityNaming(
        layout,
        pattern,
        parts,
        distractor,
        name -> inKind(name, "detected") ? "boxes by a detector" : null,
        List.of(
            "Taken are the boxes drawn by hand. Point at the folder of the detected ones for those."));
  }

  private static boolean has(Scan scan, String kind) {
    return scan.images().stream().anyMatch(image -> inKind(image.name(), kind));
  }

  private static boolean inKind(String name, String kind) {
    return Names.folders(name).stream()
        .anyMatch(folder -> folder.equals(kind) || folder.equals("images_" + kind));
  }
}
