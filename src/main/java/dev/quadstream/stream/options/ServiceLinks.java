package dev.quadstream.stream.options;

import java.util.regex.Pattern;

/**
 * Environment variables that Kubernetes and Docker put into each container for each service beside
 * it, such as {@code QUADSTREAM_REST_PORT=tcp://10.96.31.7:8081} for a service {@code
 * quadstream-rest}. Where a service's name begins as our options' variables do, they are still not
 * ours.
 */
final class ServiceLinks {

  private static final Pattern HOST_OR_PORTS = Pattern.compile("\\w+_SERVICE_(HOST|PORT(_\\w+)?)");
  // The last four are Docker's, for a range of ports.
  private static final Pattern PORT_PARTS =
      Pattern.compile(
          "\\w+_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR|START|END|PORT_START|PORT_END))?");

  // By its value, since an option may end in a port of its own.
  private static final Pattern PORT = Pattern.compile("\\w+_PORT");
  private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.+");

  // Docker's own links have the linked container's environment and its name, such as /web/kafka.
  private static final Pattern LINKED_ENVIRONMENT = Pattern.compile("\\w+_ENV_\\w+");
  private static final Pattern LINK_NAME = Pattern.compile("\\w+_NAME");
  private static final Pattern LINK = Pattern.compile("/[^/]+/[^/]+");

  private ServiceLinks() {}

  static boolean isOne(String name, String value) {
    return HOST_OR_PORTS.matcher(name).matches()
        || PORT_PARTS.matcher(name).matches()
        || (PORT.matcher(name).matches() && ADDRESS.matcher(value).matches())
        || LINKED_ENVIRONMENT.matcher(name).matches()
        || (LINK_NAME.matcher(name).matches() && LINK.matcher(value).matches());
  }
}
