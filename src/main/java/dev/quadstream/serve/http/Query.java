package dev.quadstream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The parameters behind the question mark. */
public final class Query {

  private Query() {}

  /** The parameters by name; of several of one name the last, of what is malformed nothing. */
  public static Map<String, String> of(URI uri) {
    Map<String, String> parameters = new HashMap<>();
    each(uri, parameters::put);
    return parameters;
  }

  /**
   * Checks that there are no other parameters than these, and none twice but one.
   *
   * @throws RequestException 400 naming the one that would be passed over
   */
  public static void requireOnly(URI uri, List<String> names, String repeated)
      throws RequestException {
    List<String> given = new ArrayList<>();
    each(uri, (name, value) -> given.add(name));
    for (String name : given) {
      if (!names.contains(name)) {
        throw new RequestException(
            400,
            "There is no parameter '%s' here, but %s.".formatted(name, String.join(", ", names)));
      }
      if (!name.equals(repeated) && Collections.frequency(given, name) > 1) {
        throw new RequestException(
            400, "The parameter '%s' is here twice; give it once.".formatted(name));
      }
    }
  }

  /** All values of a parameter that may come several times, in their order. */
  public static List<String> all(URI uri, String name) {
    List<String> values = new ArrayList<>();
    each(
        uri,
        (parameter, value) -> {
          if (parameter.equals(name)) {
            values.add(value);
          }
        });
    return values;
  }

  private static void each(URI uri, BiConsumer<String, String> parameter) {
    if (uri.getRawQuery() == null) {
      return;
    }
    for (String part : uri.getRawQuery().split("&", -1)) {
      if (!part.isEmpty()) {
        // Without a sign its value is empty, as in forms.
        String[] sides = part.split("=", 2);
        try {
          parameter.accept(
              URLDecoder.decode(sides[0], UTF_8),
              sides.length == 1 ? "" : URLDecoder.decode(sides[1], UTF_8));
        } catch (IllegalArgumentException e) {
          // A broken percent escape names nothing: the parameter counts as absent.
          continue;
        }
      }
    }
  }

  /**
   * Whether a parameter is {@code true}; absent it is not.
   *
   * @throws RequestException 400 if it is something else than true or false
   */
  public static boolean truth(Map<String, String> parameters, String name) throws RequestException {
    String text = parameters.getOrDefault(name, "false");
    if (!text.matches("true|false")) {
      throw new RequestException(400, "The parameter '%s' is true or false.".formatted(name));
    }
    return text.equals("true");
  }

  /**
   * A whole number of 0 or more.
   *
   * @throws RequestException 400 if it is absent or something else
   */
  public static long number(Map<String, String> parameters, String name) throws RequestException {
    String text = parameters.getOrDefault(name, "");
    if (!text.matches("[0-9]{1,18}")) {
      throw new RequestException(400, "The parameter '%s' must be a whole number.".formatted(name));
    }
    return Long.parseLong(text);
  }
}
