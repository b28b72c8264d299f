package dev.quadstream.stream.rest;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which requests Flink's REST interface answers. Immutable and thread-safe.
 *
 * <ul>
 *   <li>Only those that address it by a name of its own or by a number: a foreign site whose name
 *       resolves to this machine (DNS rebinding) would count as the same site to the browser.
 *   <li>None that another site's page sends. CORS would only keep the answer from it, and a
 *       savepoint is written or a jar run by then.
 *   <li>None that changes something by a GET, which any image tag can send.
 *   <li>Where it is read only, nothing but GET and HEAD.
 * </ul>
 */
final class RestPolicy {

  /**
   * What a browser and every other client say of a request.
   *
   * @param method such as GET
   * @param path with or without a query
   * @param host the header Host; null where there is none
   * @param origin the header Origin, of a browser alone; null where there is none
   * @param site the header Sec-Fetch-Site, of a browser alone; null where there is none
   */
  record Request(String method, String path, String host, String origin, String site) {

    private boolean onlyReads() {
      return method.equals("GET") || method.equals("HEAD");
    }
  }

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> NO_OTHER_SITE = Set.of("same-origin", "none");

  // A name that an attacker owns never looks so: the last label of a domain is no number.
  private static final Pattern NUMBER =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]", Pattern.CASE_INSENSITIVE);

  /**
   * Of the time when YARN's proxy could send nothing else; and a plan is had by running the jar.
   */
  private static final Pattern CHANGING_GET =
      Pattern.compile("/yarn-(cancel|stop)|/jars/+[^/]+/+plan");

  private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");

  private final Set<String> names;
  private final Set<String> proxies;
  private final boolean readOnly;

  /**
   * A policy.
   *
   * @param names host names beside loopback's, lower case, by which programs address it
   * @param proxies host names, lower case, by which browsers address it through a proxy
   * @param readOnly whether nothing may be changed through it
   */
  RestPolicy(Set<String> names, Set<String> proxies, boolean readOnly) {
    this.names = Set.copyOf(names);
    this.proxies = Set.copyOf(proxies);
    this.readOnly = readOnly;
  }

  /** Why a request is refused; empty where it passes. */
  Optional<String> refusal(Request request) {
    String host = hostOf(request.host());
    if (!isOurs(host)) {
      return Optional.of(
          "Flink is not addressed as '%s'. If that is a name of this JobManager, add it to %s in Flink's configuration."
              .formatted(host, RestGuardFactory.HOSTS.key()));
    }
    if (request.origin() != null && !isSameSite(request)) {
      return Optional.of("A page of another site may not send requests to Flink.");
    }
    boolean ofAnotherSite = request.site() != null && !NO_OTHER_SITE.contains(request.site());
    if (ofAnotherSite && !request.onlyReads()) {
      return Optional.of("A page of another site may not change anything here.");
    }
    if (request.onlyReads() && CHANGING_GET.matcher(pathOf(request.path())).find()) {
      return Optional.of(
          "A job is cancelled by PATCH and stopped by POST, and a jar's plan is made by POST, not by GET.");
    }
    if (readOnly && !request.onlyReads()) {
      return Optional.of(
          "This Flink can only be looked at. Ctrl-C on the command that runs it stops the job, 'run' with a savepoint.");
    }
    return Optional.empty();
  }

  private boolean isOurs(String host) {
    return LOOPBACK.contains(host)
        || NUMBER.matcher(host).matches()
        || names.contains(host)
        || proxies.contains(host);
  }

  /** A proxy may name another host than the browser did. */
  private boolean isSameSite(Request request) {
    String authority = request.origin().toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
    return authority.equals(request.host().toLowerCase(Locale.ROOT))
        || proxies.contains(hostOf(authority));
  }

  /** Without any escapes: Flink's router decodes it twice, and cuts it at a '?' in between. */
  private static String pathOf(String target) {
    String path = target.split("[?#]", 2)[0];
    String escaped;
    do {
      escaped = path;
      path =
          ESCAPE
              .matcher(escaped)
              .replaceAll(
                  escape ->
                      Matcher.quoteReplacement(
                          Character.toString(Integer.parseInt(escape.group(1), 16))));
    } while (!path.equals(escaped));
    return path;
  }

  private static String hostOf(String authority) {
    if (authority == null) {
      return "";
    }
    String host = authority.replaceFirst(":[0-9]*$", "");
    // With the dot of a whole name at its end it is the same.
    return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
  }
}
