package dev.lmbridge.loader;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostState;
import dev.lmbridge.host.Instance;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The hosts of this node, and which of them a name leads to. */
public final class Fleet {
    private final List<HostHandle> hosts;
    private final Map<String, List<String>> aliases;
    private final @Nullable String defaultModel;

    /**
     * The fleet.
     *
     * @param aliases further names, each with the keys it stands for, the preferred one first
     * @param defaultModel what a request without a model means; null: chosen from what the hosts have
     */
    public Fleet(List<HostHandle> hosts, Map<String, List<String>> aliases, @Nullable String defaultModel) {
        this.hosts = List.copyOf(hosts);
        this.aliases = Map.copyOf(aliases);
        this.defaultModel = defaultModel;
    }

    public List<HostHandle> hosts() {
        return hosts;
    }

    public Map<String, List<String>> aliases() {
        return aliases;
    }

    public Optional<HostHandle> host(String name) {
        return hosts.stream().filter(host -> host.name().equals(name)).findFirst();
    }

    /** The catalogue key or identifier that a client's word for a model means; null, {@code default} and aliases included. */
    public String resolve(@Nullable String asked) {
        String name = asked == null || asked.equals("default") ? defaultName() : asked;
        return aliases.containsKey(name) ? candidates(name).getFirst() : name;
    }

    /**
     * All that a client's word for a model may mean, the preferred first: the keys of an alias that a host knows, or its
     * first one; one name for any other word.
     */
    public List<String> candidates(@Nullable String asked) {
        String name = asked == null || asked.equals("default") ? defaultName() : asked;
        List<String> keys = aliases.get(name);
        if (keys == null || keys.isEmpty()) {
            return List.of(name);
        }
        List<String> known = keys.stream()
                .filter(key -> hosts.stream().anyMatch(host -> host.view().knows(key)))
                .toList();
        return known.isEmpty() ? List.of(keys.getFirst()) : known;
    }

    private String defaultName() {
        if (defaultModel != null) {
            return defaultModel;
        }
        return Stream.concat(loadedByLastUse(), downloaded()).findFirst().orElse("default");
    }

    /** A language model that is in memory answers soonest, the one used last most likely is the one that is meant. */
    private Stream<String> loadedByLastUse() {
        return hosts.stream()
                .map(HostHandle::view)
                .flatMap(view -> view.instances().values().stream()
                        .filter(instance -> view.catalog()
                                .find(instance.key().value())
                                .filter(model -> model.kind() == CatalogModel.Kind.LLM)
                                .isPresent()))
                .sorted(Comparator.comparing(Instance::lastUsed, Comparator.nullsFirst(Comparator.naturalOrder()))
                        .reversed())
                .map(instance -> instance.key().value());
    }

    private Stream<String> downloaded() {
        return hosts.stream()
                .flatMap(host -> host.view().catalog().models().stream())
                .filter(model -> model.kind() == CatalogModel.Kind.LLM)
                .map(model -> model.key().value());
    }

    /**
     * The host that serves {@code name}: the one that was asked for, else one that has it in memory, else one that has it on
     * disk, else the first (which will look again and then refuse it properly). Throws if only hosts that are being drained
     * could.
     */
    public HostHandle route(String name, @Nullable String host) {
        HostHandle best = among(hosts, name, host);
        if (!best.isDraining()) {
            return best;
        }
        List<HostHandle> open = hosts.stream().filter(one -> !one.isDraining()).toList();
        HostHandle other = host != null || open.isEmpty() ? best : among(open, name, null);
        if (other.isDraining() || (best.view().knows(name) && !other.view().knows(name))) {
            throw Failure.of(
                            FailureCode.HOST_UNAVAILABLE,
                            "Host '" + best.name() + "' is being drained: it takes nothing new until it is resumed"
                                    + (host == null ? ", and no other host has '" + name + "'." : "."))
                    .asException();
        }
        return other;
    }

    /** The same for an order that a host is given even while it is being drained. */
    HostHandle routeToAny(String name, @Nullable String host) {
        return among(hosts, name, host);
    }

    private HostHandle among(List<HostHandle> some, String name, @Nullable String host) {
        if (host != null) {
            return host(host).orElseThrow(() -> unknownHost(host).asException());
        }
        return some.stream()
                .filter(one -> isUp(one) && one.view().instanceFor(name, null).isPresent())
                .findFirst()
                .or(() -> some.stream()
                        .filter(one -> isUp(one) && one.view().knows(name))
                        .findFirst())
                .or(() -> some.stream().filter(Fleet::isUp).findFirst())
                .orElseGet(some::getFirst);
    }

    private static boolean isUp(HostHandle host) {
        return host.view().reach() == HostState.Reach.UP;
    }

    private Failure unknownHost(String host) {
        return Failure.invalid(
                "host",
                "There is no host '" + host + "'. Known: "
                        + String.join(", ", hosts.stream().map(HostHandle::name).toList()) + ".");
    }
}
