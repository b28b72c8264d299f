package dev.quadstream.dataset;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Designs of emoji, each the npm package {@code @iconify-json/…} of one version.
 *
 * <p>docs/datasets.md names their licences.
 */
enum EmojiDesign {
  FLUENT_EMOJI_FLAT(
      "1.2.6",
      "RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw=="),
  NOTO(
      "1.2.9",
      "DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw=="),
  OPENMOJI(
      "1.2.29",
      "vXdhkqcXVSO6suy+m9LbcUM3OdVyuNOtpV8/als/WqfkQIRxevL5Geb/g+6GH/Qwnq1OqksEmaDGTCmZ5nFKJQ=="),
  TWEMOJI(
      "1.2.5",
      "uKpuIEV0v6K5BW3Mjdyl+XKFVAbbcPxAgifKvEMtZoUZB5+YiY5zaMm2uNNCxyXzAWU9yNLlj41WU6/mvgALsw==");

  private final String version;
  private final String sha512;

  EmojiDesign(String version, String sha512) {
    this.version = version;
    this.sha512 = sha512;
  }

  /** The design's own name, such as {@code fluent-emoji-flat}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What {@code npm pack} calls the file. */
  String file() {
    return "iconify-json-%s-%s.tgz".formatted(text(), version);
  }

  /** The SHA-512 of that file in base64, as npm states it. */
  String sha512() {
    return sha512;
  }

  /** The command that brings all packages into a folder. */
  static String command(Path folder) {
    return "mkdir -p %s && npm pack --silent --pack-destination %s %s"
        .formatted(
            folder,
            folder,
            Arrays.stream(values())
                .map(design -> "@iconify-json/%s@%s".formatted(design.text(), design.version))
                .collect(Collectors.joining(" ")));
  }
}
