package dev.lmbridge.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code hosts}: {@code auto}, or a list of machines. */
final class HostsReader {
    static final String LOCAL = "local";

    /** What an entry that says nothing about memory has; the documented example shows the same. */
    static final HostSettings.Memory MEMORY = new HostSettings.Memory(null, 2L << 30);

    private static final String DEFAULT_ADDRESS = "127.0.0.1";
    private static final int DEFAULT_PORT = 1234;
    private static final int MOST_HOSTS = 256;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private final NodeReader nodes;
    private final Map<String, String> env;

    HostsReader(NodeReader nodes, Map<String, String> env) {
        this.nodes = nodes;
        this.env = env;
    }

    @Nullable
    HostsSetting read(String key, ConfigNode node) {
        if (nodes.isAuto(node)) {
            return auto();
        }
        if (!(node instanceof ConfigNode.Sequence sequence)
                || sequence.items().isEmpty()
                || sequence.items().size() > MOST_HOSTS) {
            nodes.report(key, node, "Expected auto, or a list of 1 to " + MOST_HOSTS + " hosts.");
            return null;
        }
        List<HostSettings> hosts = new ArrayList<>();
        Map<String, String> keyOfName = new HashMap<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            String entryKey = key + "[" + i + "]";
            ConfigNode entry = sequence.items().get(i);
            HostSettings host = host(entryKey, entry);
            if (host == null) {
                continue;
            }
            String first = keyOfName.putIfAbsent(host.name(), entryKey);
            if (first != null) {
                nodes.report(entryKey + ".name", entry, "The name " + host.name() + " is taken by " + first + ".");
            }
            hosts.add(host);
        }
        return new HostsSetting.Listed(List.copyOf(hosts));
    }

    private HostsSetting.Auto auto() {
        String host = env.getOrDefault("LMSTUDIO_HOST", "").strip();
        String port = env.getOrDefault("LMSTUDIO_PORT", "").strip();
        boolean configured = !host.isEmpty() || !port.isEmpty();
        ConfigNode hostNode = new ConfigNode.Scalar(host.isEmpty() ? DEFAULT_ADDRESS : host, "LMSTUDIO_HOST");
        ConfigNode portNode =
                new ConfigNode.Scalar(port.isEmpty() ? String.valueOf(DEFAULT_PORT) : port, "LMSTUDIO_PORT");
        if (!host.isEmpty() && !HostName.isUsable(host)) {
            nodes.report("hosts", hostNode, "Expected the name or address of a machine, without scheme or port.");
            hostNode = new ConfigNode.Scalar(DEFAULT_ADDRESS, "default");
        }
        Integer number = nodes.integer("hosts", portNode, 1, 65_535);
        String address = Objects.requireNonNull(((ConfigNode.Scalar) hostNode).text());
        return new HostsSetting.Auto(address, number == null ? DEFAULT_PORT : number, configured);
    }

    private @Nullable HostSettings host(String key, ConfigNode node) {
        Map<String, ConfigNode> entries = nodes.mapping(key, node, "at least name and url");
        if (entries == null) {
            return null;
        }
        nodes.refuseUnknown(key, entries, Set.of("name", "url", "lms", "home", "token", "owner", "memory"));
        String name = name(key + ".name", entries.getOrDefault("name", missing(node)));
        URI url = url(key + ".url", entries.getOrDefault("url", missing(node)));
        ConfigNode lmsNode = entries.get("lms");
        HostSettings.Lms lms = lmsNode == null ? new HostSettings.Lms.Auto() : lms(key + ".lms", lmsNode);
        ConfigNode homeNode = entries.get("home");
        Path home = homeNode == null || nodes.isAuto(homeNode) ? null : nodes.path(key + ".home", homeNode);
        ConfigNode ownerNode = entries.get("owner");
        String owner = ownerNode == null ? LOCAL : name(key + ".owner", ownerNode);
        Secret token = token(key + ".token", entries.get("token"));
        HostSettings.Memory memory = memory(key + ".memory", entries.get("memory"));
        if (name == null || url == null || lms == null || owner == null) {
            return null;
        }
        return new HostSettings(name, url, lms, home, token, owner, memory);
    }

    private static ConfigNode missing(ConfigNode entry) {
        return new ConfigNode.Scalar(null, entry.origin());
    }

    private @Nullable String name(String key, ConfigNode node) {
        String expected = "a name of letters, digits, dots, hyphens and underscores, at most 63";
        String text = nodes.text(key, node, expected);
        if (text != null && !NAME.matcher(text).matches()) {
            nodes.report(key, node, "Expected " + expected + ".");
            return null;
        }
        return text;
    }

    private @Nullable URI url(String key, ConfigNode node) {
        String expected = "http:// or https://, a host and perhaps a port, without user, path or query";
        String text = nodes.text(key, node, expected);
        if (text == null) {
            return null;
        }
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = "".equals(url.getRawPath())
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && url.getRawUserInfo() == null;
            if (web && bare && url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65_535) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // Said below: its own message would repeat the text, and that may carry a password.
        }
        nodes.report(key, node, "Expected " + expected + ".");
        return null;
    }

    private HostSettings.@Nullable Lms lms(String key, ConfigNode node) {
        if (nodes.isAuto(node)) {
            return new HostSettings.Lms.Auto();
        }
        if (node instanceof ConfigNode.Scalar scalar && "none".equals(scalar.text())) {
            return new HostSettings.Lms.None();
        }
        Path program = nodes.path(key, node);
        return program == null ? null : new HostSettings.Lms.At(program);
    }

    private @Nullable Secret token(String key, @Nullable ConfigNode node) {
        if (node == null || nodes.isNull(node)) {
            return null;
        }
        String text = nodes.text(key, node, "a token");
        if (text != null && !text.chars().allMatch(c -> c > ' ' && c < 127)) {
            nodes.report(key, node, "Expected a token of visible ASCII characters, as it goes into a header.");
        }
        return text == null ? null : new Secret(text);
    }

    private HostSettings.Memory memory(String key, @Nullable ConfigNode node) {
        Map<String, ConfigNode> entries = node == null ? null : nodes.mapping(key, node, "budget and reserve");
        if (entries == null) {
            return MEMORY;
        }
        nodes.refuseUnknown(key, entries, Set.of("budget", "reserve"));
        ConfigNode budgetNode = entries.get("budget");
        Long budget = budgetNode == null || nodes.isAuto(budgetNode)
                ? null
                : nodes.size(key + ".budget", budgetNode, 1L << 20, 1L << 50);
        ConfigNode reserveNode = entries.get("reserve");
        Long reserve = reserveNode == null ? null : nodes.size(key + ".reserve", reserveNode, 0, 1L << 50);
        long left = reserve == null ? MEMORY.reserveBytes() : reserve;
        if (budget != null && left >= budget) {
            nodes.report(
                    key + ".budget",
                    Objects.requireNonNull(budgetNode),
                    "Expected more than the reserve, which is " + left + " B: otherwise no model fits. Set " + key
                            + ".reserve, too.");
        }
        return new HostSettings.Memory(budget, left);
    }
}
