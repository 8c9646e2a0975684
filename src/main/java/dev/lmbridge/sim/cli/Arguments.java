package dev.lmbridge.sim.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one command, read by the rules of the parser that {@code lms} uses (commander): options and names in any order,
 * {@code --name=value}, {@code -cVALUE}, and {@code --} before names that look like options.
 */
final class Arguments {
    private final Map<String, String> values;
    private final List<String> names;

    private Arguments(Map<String, String> values, List<String> names) {
        this.values = values;
        this.names = names;
    }

    static Arguments read(String command, List<Option> options, int mostNames, List<String> words)
            throws UsageException {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        String unknown = null;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                names.addAll(words.subList(i + 1, words.size()));
                break;
            }
            if (!word.startsWith("-") || word.length() == 1) {
                names.add(word);
                continue;
            }
            Spelled spelled = spelled(word);
            Optional<Option> option = find(options, spelled.name());
            if (option.isEmpty()) {
                unknown = unknown == null ? spelled.name() : unknown;
                continue;
            }
            Option known = option.get();
            Option.ValueCheck check = known.check();
            if (check == null) {
                values.remove(known.key());
                values.put(known.key(), "");
                continue;
            }
            String value = spelled.value();
            if (value == null) {
                if (i + 1 == words.size()) {
                    throw new UsageException("option '" + known.flags() + "' argument missing");
                }
                value = words.get(++i);
            }
            String problem = check.problem(value);
            if (problem != null) {
                throw new UsageException(
                        "option '" + known.flags() + "' argument '" + value + "' is invalid. " + problem);
            }
            values.put(known.key(), value);
        }
        if (unknown != null) {
            throw new UsageException("unknown option '" + unknown + "'" + Suggestions.after(unknown, visible(options)));
        }
        if (names.size() > mostNames) {
            throw new UsageException("too many arguments for '" + command + "'. Expected " + mostNames + " argument"
                    + (mostNames == 1 ? "" : "s") + " but got " + names.size() + ".");
        }
        return new Arguments(values, names);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key));
    }

    Optional<Integer> integer(String key) {
        return text(key).map(value -> (int) Option.number(value));
    }

    /** The one of two flags that came last, which is the one that counts; empty if neither came. */
    String lastOf(String one, String other) {
        String last = "";
        for (String key : values.keySet()) {
            last = key.equals(one) || key.equals(other) ? key : last;
        }
        return last;
    }

    /** The first argument that is not an option. */
    Optional<String> name() {
        return names.stream().findFirst();
    }

    private record Spelled(String name, @Nullable String value) {}

    private static Spelled spelled(String word) {
        if (word.startsWith("--")) {
            int equals = word.indexOf('=');
            return equals < 0
                    ? new Spelled(word, null)
                    : new Spelled(word.substring(0, equals), word.substring(equals + 1));
        }
        return word.length() == 2 ? new Spelled(word, null) : new Spelled(word.substring(0, 2), word.substring(2));
    }

    /** Of the whole program: {@code lms} has {@code --help} and {@code --version} everywhere. */
    private static List<String> visible(List<Option> options) {
        List<String> names = new ArrayList<>(List.of("--help", "--version"));
        options.stream()
                .filter(option -> !option.hidden())
                .map(option -> option.names().getLast())
                .forEach(names::add);
        return names;
    }

    private static Optional<Option> find(List<Option> options, String name) {
        return options.stream().filter(option -> option.names().contains(name)).findFirst();
    }
}
