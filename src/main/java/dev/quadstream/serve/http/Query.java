package dev.quadstream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;

/** The parameters behind the question mark. */
public final class Query {

  private Query() {}

  /** The parameters by name; of several of one name the last, of what is malformed nothing. */
  public static Map<String, String> of(URI uri) {
    Map<String, String> parameters = new HashMap<>();
    if (uri.getRawQuery() == null) {
      return parameters;
    }
    for (String part : uri.getRawQuery().split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        try {
          parameters.put(
              URLDecoder.decode(part.substring(0, equals), UTF_8),
              URLDecoder.decode(part.substring(equals + 1), UTF_8));
        } catch (IllegalArgumentException e) {
          // A broken percent escape names nothing: the parameter counts as absent.
          continue;
        }
      }
    }
    return parameters;
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
