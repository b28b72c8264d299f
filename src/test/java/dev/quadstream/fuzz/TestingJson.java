package dev.quadstream.fuzz;

import java.util.SplittableRandom;

/** JSON and what looks like it, made to hurt a reader. */
public final class TestingJson {

  private static final String[] NUMBERS = {
    "1e999999999",
    "-1e-999999999",
    "9".repeat(2_000),
    "0." + "1".repeat(2_000),
    "NaN",
    "-Infinity",
    "9223372036854775808",
    "-0",
    "1.0E+2147483648"
  };

  private TestingJson() {}

  /** An object, with the given fields among its own. */
  public static String hostile(SplittableRandom random, String... names) {
    return switch (random.nextInt(6)) {
      case 0 -> nested("[", "]", depth(random));
      case 1 -> nested("{\"image\":", "}", depth(random));
      case 2 -> "[".repeat(depth(random));
      case 3 -> repeated(random, names);
      case 4 -> wide(random);
      default -> mistyped(random, names);
    };
  }

  private static int depth(SplittableRandom random) {
    return 1 << random.nextInt(15);
  }

  private static String nested(String open, String close, int depth) {
    return open.repeat(depth) + "1" + close.repeat(depth);
  }

  /** The same keys again and again, with other values. */
  private static String repeated(SplittableRandom random, String... names) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 50; i++) {
      json.append(field(random, names)).append(',');
    }
    return json.append(field(random, names)).append('}').toString();
  }

  private static String wide(SplittableRandom random) {
    StringBuilder json = new StringBuilder("{\"a\":0");
    for (int i = random.nextInt(2_000); i > 0; i--) {
      json.append(",\"").append(Integer.toString(i, 36)).append("\":").append(value(random));
    }
    return json.append('}').toString();
  }

  private static String mistyped(SplittableRandom random, String... names) {
    StringBuilder json = new StringBuilder("{\"a\":0");
    for (String name : names) {
      json.append(",\"").append(name).append("\":").append(value(random));
    }
    return json.append(random.nextBoolean() ? "}" : "").toString();
  }

  private static String field(SplittableRandom random, String... names) {
    return "\"" + names[random.nextInt(names.length)] + "\":" + value(random);
  }

  private static String value(SplittableRandom random) {
    return switch (random.nextInt(7)) {
      case 0 -> "null";
      case 1 -> "{\"a\":[]}";
      case 2 -> "[\"x\"]";
      case 3 -> "\"\\ud800\"";
      case 4 -> "\"" + "x".repeat(random.nextInt(3_000)) + "\"";
      case 5 -> "true";
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }
}
