package dev.quadstream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who may ask. On loopback everyone on the machine who addresses it as such, so that a foreign web
 * site cannot reach it through a name of its own; elsewhere whoever has the token. Thread-safe.
 */
public final class AccessPolicy {

  private static final String COOKIE = "quadstream-token";
  private static final int TOKEN_BYTES = 24;

  /** No name that somebody else owns looks like one of them. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(::|(0+:){7}0*)1]");

  private static final Pattern PORT = Pattern.compile(":([0-9]*)$");

  private static final String BEARER = "Bearer ";

  private final boolean loopback;
  private final String token;

  /** A policy; where a token is needed and none is given, one is made up. */
  AccessPolicy(InetAddress bind, String token) {
    this.loopback = bind.isLoopbackAddress();
    this.token = token == null && !loopback ? randomToken() : token;
  }

  private static String randomToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The token that clients need, or null. */
  public String token() {
    return token;
  }

  /**
   * Lets the request pass or says why not.
   *
   * @throws RequestException 403 for a request through another site, 401 without the token
   */
  void check(HttpExchange exchange) throws RequestException {
    Headers headers = exchange.getRequestHeaders();
    if (loopback && !LOOPBACK.matcher(hostName(headers.getFirst("Host"))).matches()) {
      throw new RequestException(
          403, "This address is for this machine only: open it as http://localhost.");
    }
    if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod()) && isForeign(headers)) {
      throw new RequestException(403, "Another site may not send anything here.");
    }
    if (token != null && offeredBy(exchange).noneMatch(this::isToken)) {
      throw new RequestException(
          401,
          "A token is needed here: open the page as /?token=…, or send the header 'Authorization: Bearer …', with the token that the server was started with.");
    }
  }

  /**
   * Whether another site's page makes the request. Browsers say so where they trust the connection;
   * elsewhere the origin tells, which behind a proxy is not what the proxy asks for but what it was
   * asked for. No page can make a browser send that header without asking first.
   */
  private static boolean isForeign(Headers headers) {
    String site = headers.getFirst("Sec-Fetch-Site");
    if (site != null) {
      return !site.equals("same-origin");
    }
    String origin = headers.getFirst("Origin");
    if (origin == null) {
      return false;
    }
    String authority = origin.replaceFirst("^https?://", "");
    return !authority.equalsIgnoreCase(headers.getFirst("Host"))
        && !authority.equalsIgnoreCase(headers.getFirst("X-Forwarded-Host"));
  }

  /** Whether the request brings the token in its address, where it should not stay. */
  public boolean bringsToken(HttpExchange exchange) {
    String brought = Query.of(exchange.getRequestURI()).get("token");
    return token != null && brought != null && isToken(brought);
  }

  /** The header that makes the browser remember the token. */
  public String cookie(HttpExchange exchange) {
    // Cookies do not know ports: without that of the address the pages of two pipelines on one host
    // would take each other's place. Without a path it is for the page's own, also below a proxy's.
    String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
    Matcher port = PORT.matcher(host);
    return "%s%s=%s; HttpOnly; SameSite=Strict; Max-Age=31536000"
        .formatted(COOKIE, port.find() ? "-" + port.group(1) : "", token);
  }

  private static String hostName(String host) {
    if (host == null) {
      return "";
    }
    String name = PORT.matcher(host).replaceFirst("");
    // With the dot of a whole name at its end it is the same.
    return name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
  }

  /** Each is looked at: a browser that was here before still sends the token of that time. */
  private static Stream<String> offeredBy(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    Stream<String> authorization =
        Stream.ofNullable(headers.getFirst("Authorization"))
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip());
    Stream<String> cookies =
        headers.getOrDefault("Cookie", List.of()).stream()
            .flatMap(header -> Stream.of(header.split(";", -1)))
            .map(String::strip)
            .filter(cookie -> cookie.startsWith(COOKIE))
            .map(cookie -> cookie.substring(cookie.indexOf('=') + 1));
    Stream<String> query = Stream.ofNullable(Query.of(exchange.getRequestURI()).get("token"));
    return Stream.of(authorization, cookies, query).flatMap(offered -> offered);
  }

  private boolean isToken(String offered) {
    return MessageDigest.isEqual(offered.getBytes(UTF_8), token.getBytes(UTF_8));
  }
}
