package dev.lmbridge.settings;

import dev.lmbridge.settings.ModelSettings.Foreign;
import dev.lmbridge.settings.ModelSettings.Profile;
import dev.lmbridge.settings.ModelSettings.TtlPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code models}. */
final class ModelsReader {
    /** LM Studio counts the TTL in milliseconds of a Node timer, and those end at 2^31 − 1, in the 25th day. */
    static final Duration LONGEST_TTL = Duration.ofDays(24);

    private static final int LONGEST_NAME = 512;
    private static final Pattern GPU = Pattern.compile("off|max|0(\\.\\d{1,9})?|1(\\.0{1,9})?");

    private final Values values;
    private final NodeReader nodes;

    ModelsReader(Values values) {
        this.values = values;
        this.nodes = values.nodes();
    }

    ModelSettings read() {
        // Empty stands for auto here, as a reader must not return null for a good value.
        String standard = values.get("models.default", (key, node) -> nodes.isAuto(node) ? "" : model(key, node));
        TtlPolicy ttl = ttl();
        Map<String, List<String>> aliases = values.get("models.aliases", this::aliases);
        Map<String, Profile> profiles = values.get("models.profiles", (key, node) -> profiles(key, node, ttl.max()));
        Foreign foreign = values.oneOf("models.foreign", Foreign.class);
        return new ModelSettings(standard.isEmpty() ? null : standard, ttl, aliases, profiles, foreign);
    }

    private TtlPolicy ttl() {
        TtlPolicy ttl = new TtlPolicy(
                values.get("models.ttl.default", nodes::ttl),
                values.get("models.ttl.temporary", nodes::ttl),
                values.get("models.ttl.max", nodes::ttl));
        String max = DurationText.format(ttl.max());
        String message = "This is more than models.ttl.max, which is " + max + "; lower it or raise the maximum.";
        values.contradiction(ttl.standard().compareTo(ttl.max()) > 0, message, "models.ttl.default", "models.ttl.max");
        values.contradiction(
                ttl.temporary().compareTo(ttl.max()) > 0, message, "models.ttl.temporary", "models.ttl.max");
        return ttl;
    }

    private @Nullable Map<String, List<String>> aliases(String key, ConfigNode node) {
        Map<String, ConfigNode> entries = nodes.mapping(key, node, "names and the model keys they stand for");
        if (entries == null) {
            return null;
        }
        Map<String, List<String>> aliases = new LinkedHashMap<>();
        entries.forEach((name, target) -> {
            String entryKey = key + "." + name;
            if (name.equals("default") || name.equals(NodeReader.AUTO)) {
                nodes.report(entryKey, target, "This name is taken: it means the default model.");
            }
            if (!wellFormed(name)) {
                nodes.report(entryKey, target, "The alias is not a usable model name.");
            }
            List<ConfigNode> targets =
                    target instanceof ConfigNode.Sequence sequence ? sequence.items() : List.of(target);
            if (targets.isEmpty()) {
                nodes.report(entryKey, target, "Expected a model key, or a list of at least one.");
            }
            List<String> keys = new ArrayList<>();
            for (ConfigNode each : targets) {
                String model = model(entryKey, each);
                if (model != null && entries.containsKey(model)) {
                    nodes.report(entryKey, each, "An alias stands for a model key, not for an alias.");
                } else if (model != null) {
                    keys.add(model);
                }
            }
            aliases.put(name, List.copyOf(keys));
        });
        return aliases;
    }

    private @Nullable Map<String, Profile> profiles(String key, ConfigNode node, Duration maxTtl) {
        Map<String, ConfigNode> entries = nodes.mapping(key, node, "model keys and their profiles");
        if (entries == null) {
            return null;
        }
        Map<String, Profile> profiles = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            if (!wellFormed(name)) {
                nodes.report(key + "." + name, entry, "This is not a usable model key.");
            }
            Profile profile = profile(key + "." + name, entry, maxTtl);
            if (profile != null) {
                profiles.put(name, profile);
            }
        });
        return profiles;
    }

    private @Nullable Profile profile(String key, ConfigNode node, Duration maxTtl) {
        Map<String, ConfigNode> entries = nodes.mapping(key, node, "what this model is loaded with");
        if (entries == null) {
            return null;
        }
        nodes.refuseUnknown(key, entries, Set.of("ttl", "contextLength", "gpu", "parallel", "pinned", "preload"));
        ConfigNode ttlNode = entries.get("ttl");
        Duration ttl = ttlNode == null ? null : nodes.ttl(key + ".ttl", ttlNode);
        if (ttl != null && ttl.compareTo(maxTtl) > 0) {
            nodes.report(
                    key + ".ttl",
                    ttlNode == null ? node : ttlNode,
                    "This is more than models.ttl.max, which is " + DurationText.format(maxTtl) + ".");
        }
        ConfigNode contextNode = entries.get("contextLength");
        ConfigNode parallelNode = entries.get("parallel");
        return new Profile(
                ttl,
                contextNode == null ? null : nodes.integer(key + ".contextLength", contextNode, 1, Integer.MAX_VALUE),
                gpu(key + ".gpu", entries.get("gpu")),
                parallelNode == null ? null : nodes.integer(key + ".parallel", parallelNode, 1, 1_024),
                isTrue(key + ".pinned", entries.get("pinned")),
                isTrue(key + ".preload", entries.get("preload")));
    }

    private @Nullable String gpu(String key, @Nullable ConfigNode node) {
        String expected = "off, max or a number from 0 to 1; leave it out to let LM Studio decide";
        String text = node == null ? null : nodes.text(key, node, expected);
        if (text != null && node != null && !GPU.matcher(text).matches()) {
            nodes.report(key, node, "Expected " + expected + ".");
        }
        return text;
    }

    private boolean isTrue(String key, @Nullable ConfigNode node) {
        return node != null && Boolean.TRUE.equals(nodes.truth(key, node));
    }

    private @Nullable String model(String key, ConfigNode node) {
        String text = nodes.text(key, node, "the key of a model");
        if (text != null && !wellFormed(text)) {
            nodes.report(
                    key,
                    node,
                    "A model name has at most " + LONGEST_NAME
                            + " characters, no control characters, no hyphen in front and no part that is \"..\".");
            return null;
        }
        return text;
    }

    private static boolean wellFormed(String name) {
        return !name.isBlank()
                && name.length() <= LONGEST_NAME
                && !name.startsWith("-")
                && name.chars().noneMatch(Character::isISOControl)
                && !List.of(name.split("[/\\\\]", -1)).contains("..");
    }
}
