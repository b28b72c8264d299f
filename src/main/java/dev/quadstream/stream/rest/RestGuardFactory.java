package dev.quadstream.stream.rest;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;

/** Puts the guard in front of Flink's REST interface, which finds this class as a service. */
public final class RestGuardFactory implements InboundChannelHandlerFactory {

  /**
   * Of Flink's configuration: host names by which the REST interface is addressed, such as a
   * proxy's.
   */
  public static final ConfigOption<List<String>> HOSTS =
      ConfigOptions.key("quadstream.rest.hosts").stringType().asList().defaultValues();

  /** Of Flink's configuration: whether nothing may be changed through the REST interface. */
  public static final ConfigOption<Boolean> READ_ONLY =
      ConfigOptions.key("quadstream.rest.read-only").booleanType().defaultValue(false);

  // Of flink-kubernetes, which is on no class path here.
  private static final ConfigOption<String> CLUSTER =
      ConfigOptions.key("kubernetes.cluster-id").stringType().noDefaultValue();
  private static final ConfigOption<String> NAMESPACE =
      ConfigOptions.key("kubernetes.namespace").stringType().defaultValue("default");

  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Optional<ChannelHandler> createHandler(
      Configuration configuration, Map<String, String> responseHeaders) {
    Set<String> proxies = new HashSet<>();
    configuration.get(HOSTS).forEach(name -> proxies.add(name.toLowerCase(Locale.ROOT)));
    RestPolicy policy = new RestPolicy(names(configuration), proxies, configuration.get(READ_ONLY));
    return Optional.of(new RestGuard(policy, responseHeaders));
  }

  private static Set<String> names(Configuration configuration) {
    Set<String> names = new HashSet<>();
    configuration
        .getOptional(RestOptions.ADDRESS)
        .ifPresent(name -> names.add(name.toLowerCase(Locale.ROOT)));
    configuration
        .getOptional(CLUSTER)
        .ifPresent(cluster -> names.addAll(services(cluster, configuration.get(NAMESPACE))));
    return names;
  }

  /** The names of the service that Flink makes for its REST interface on Kubernetes. */
  private static Set<String> services(String cluster, String namespace) {
    String service = cluster + "-rest";
    String inNamespace = service + "." + namespace;
    return Set.of(service, inNamespace, inNamespace + ".svc", inNamespace + ".svc.cluster.local");
  }
}
