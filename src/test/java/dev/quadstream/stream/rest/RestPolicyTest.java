package dev.quadstream.stream.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.stream.rest.RestPolicy.Request;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestPolicyTest {

  private static final String OWN = "localhost:8081";

  private final RestPolicy policy =
      new RestPolicy(Set.of("jobmanager"), Set.of("flink.example"), false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8081",
        "LOCALHOST",
        "127.0.0.1:8081",
        "[::1]:8081",
        "10.1.2.3:8081",
        "[fe80::1]",
        "jobmanager:8081",
        "flink.example",
        "Flink.Example:443",
        "localhost.",
        "Flink.Example.:443"
      })
  void whoeverAddressesItByANameOfItsOwnOrByNumberPasses(String host) {
    assertThat(policy.refusal(new Request("GET", "/overview", host, null, null))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example:8081",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "flink",
        "localhost@evil.example",
        "localhost:80@evil.example",
        "evil.example.",
        "localhost..",
        ""
      })
  void aForeignNameIsRefusedWhateverIsAsked(String host) {
    assertThat(policy.refusal(new Request("GET", "/overview", host, null, null)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("quadstream.rest.hosts"));
  }

  @Test
  void aRequestThatNamesNoHostIsRefused() {
    assertThat(policy.refusal(new Request("GET", "/overview", null, null, null))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /jobs, https://evil.example",
    "GET, /overview, https://evil.example",
    "POST, /jobs/1/savepoints, null",
    "POST, /jobs/1/savepoints, http://localhost:3000",
    "POST, /jobs/1/savepoints, http://jobmanager:8081",
    "PATCH, /jobs/1, file://"
  })
  void aRequestOfAnotherOriginIsRefused(String method, String path, String origin) {
    assertThat(policy.refusal(new Request(method, path, OWN, origin, null))).isPresent();
  }

  @Test
  void itsOwnPageAndOneBehindANamedProxyMayChangeSomething() {
    assertThat(policy.refusal(post("http://localhost:8081", "same-origin"))).isEmpty();
    assertThat(policy.refusal(post("https://flink.example", null))).isEmpty();
  }

  @Test
  void aProgramThatIsNoBrowserMayChangeSomething() {
    assertThat(policy.refusal(post(null, null))).isEmpty();
  }

  @Test
  void aFormOfAnotherSiteIsRefusedAlsoWhereTheBrowserHidesItsOrigin() {
    assertThat(policy.refusal(post(null, "cross-site"))).isPresent();
    assertThat(policy.refusal(post(null, "same-site"))).isPresent();
  }

  @Test
  void aLinkFromAnotherSiteMayBeFollowed() {
    assertThat(policy.refusal(new Request("GET", "/", OWN, null, "cross-site"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/jobs/1/yarn-cancel",
        "/v1/jobs/1/yarn-stop",
        "/jobs/1/yarn-cancel/",
        "/jobs/1/yarn-cancel//",
        "/jobs/1/yarn-cancel?a=b",
        "/jobs/1/yarn-cancel#a",
        "/jobs/1/yarn%2Dcancel",
        "/jobs/1/%79arn-stop%2f?a=%",
        "/jobs/1/%79%61%72%6E%2d%73%74%6f%70",
        "/jobs/1/%2579arn-cancel",
        "/jobs/1/yarn-cancel%3Fa",
        "/jobs/1/%2579arn-cancel%3F%25",
        "/jobs/1/yarn-stop%2Fa",
        "/jars/1_own.jar/plan?entry-class=Evil",
        "/v1/jars//1_own.jar/%70lan"
      })
  void nothingIsChangedByAGet(String path) {
    assertThat(policy.refusal(new Request("GET", path, OWN, null, null))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
  void whereItIsReadOnlyNothingButReadingPasses(String method) {
    RestPolicy readOnly = new RestPolicy(Set.of(), Set.of(), true);

    assertThat(readOnly.refusal(new Request(method, "/jobs", OWN, null, null))).isPresent();
    assertThat(readOnly.refusal(new Request("GET", "/jobs", OWN, null, null))).isEmpty();
    assertThat(readOnly.refusal(new Request("HEAD", "/", OWN, null, null))).isEmpty();
  }

  private static Request post(String origin, String site) {
    String host = origin != null && origin.startsWith("https") ? "10.0.0.7:8081" : OWN;
    return new Request("POST", "/jobs/1/savepoints", host, origin, site);
  }
}
