package dev.quadstream.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an emoji shows, read from its code points, where many differ in a trifle only.
 *
 * <p>Brought together are the sexes of one person at one thing, directions that are mirrored,
 * families and couples, the faces of a clock and the keycaps. Left out are skin tones, of which the
 * plain yellow stands for all, and the flags of countries and regions, which designers do not
 * design.
 */
final class EmojiConcept {

  private static final int KEYCAP = 0x20E3;
  private static final int FIRST_CLOCK = 0x1F550;
  private static final int LAST_CLOCK = 0x1F567;
  private static final int JOINER = 0x200D;
  private static final int EMOJI_STYLE = 0xFE0F;
  private static final int FEMALE = 0x2640;
  private static final int MALE = 0x2642;
  private static final int RIGHTWARDS = 0x27A1;
  private static final int MAN = 0x1F468;
  private static final int WOMAN = 0x1F469;
  private static final int PERSON = 0x1F9D1;
  private static final int CHILD = 0x1F9D2;
  private static final int HANDSHAKE = 0x1F91D;
  private static final int HEART = 0x2764;
  private static final int KISS_MARK = 0x1F48B;
  private static final int FAMILY = 0x1F46A;
  private static final int HOLDING_HANDS = 0x1F46B;
  private static final int COUPLE = 0x1F491;
  private static final int KISS = 0x1F48F;

  private EmojiConcept() {}

  /**
   * The code points that stand for the concept, or nothing for an emoji that is left out.
   *
   * @param codePoints in hexadecimal, with dashes between
   */
  static Optional<String> of(String codePoints) {
    List<Integer> points =
        Arrays.stream(codePoints.split("-"))
            .map(point -> Integer.parseInt(point, 16))
            .filter(point -> point != EMOJI_STYLE)
            .toList();
    if (points.stream().anyMatch(EmojiConcept::isLeftOut)) {
      return Optional.empty();
    }
    return Optional.of(
        concept(points).stream().map(Integer::toHexString).collect(Collectors.joining("-")));
  }

  private static List<Integer> concept(List<Integer> points) {
    int first = points.get(0);
    if (points.contains(KEYCAP)) {
      return List.of(KEYCAP);
    }
    if (first >= FIRST_CLOCK && first <= LAST_CLOCK) {
      return List.of(FIRST_CLOCK);
    }
    if (first == HOLDING_HANDS + 1 || first == HOLDING_HANDS + 2) {
      return List.of(HOLDING_HANDS);
    }
    if (!points.contains(JOINER)) {
      return points;
    }
    if (points.stream().filter(EmojiConcept::isPerson).count() > 1) {
      return List.of(together(points));
    }
    List<Integer> kept = new ArrayList<>();
    for (int point : points) {
      if (point != JOINER && point != FEMALE && point != MALE && point != RIGHTWARDS) {
        kept.add(point == MAN || point == WOMAN ? PERSON : point);
      }
    }
    return kept;
  }

  private static int together(List<Integer> points) {
    if (points.contains(KISS_MARK)) {
      return KISS;
    }
    if (points.contains(HEART)) {
      return COUPLE;
    }
    return points.contains(HANDSHAKE) ? HOLDING_HANDS : FAMILY;
  }

  /** Also a boy or a girl of a family. */
  private static boolean isPerson(int point) {
    return (point >= 0x1F466 && point <= WOMAN) || point == PERSON || point == CHILD;
  }

  private static boolean isLeftOut(int point) {
    boolean skinTone = point >= 0x1F3FB && point <= 0x1F3FF;
    boolean letterOfACountry = point >= 0x1F1E6 && point <= 0x1F1FF;
    boolean letterOfARegion = point >= 0xE0020 && point <= 0xE007F;
    return skinTone || letterOfACountry || letterOfARegion;
  }
}
