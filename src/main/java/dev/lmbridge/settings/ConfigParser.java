package dev.lmbridge.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Turns YAML or JSON text into nodes. Built on the token stream, not on a tree, because only there every key has its
 * line, a second use of a key can be seen, and an alias is still a name instead of what it multiplies into.
 *
 * <p>Messages never quote the text: what cannot be parsed may be a secret.
 */
final class ConfigParser {
    private static final int DEEPEST = 16;
    private static final JsonFactory JSON = new JsonFactory();
    private static final YAMLFactory YAML =
            YAMLFactory.builder().loaderOptions(yamlLimits()).build();

    private final JsonParser parser;
    private final IntFunction<String> originOfLine;
    private final Consumer<Problem> problems;

    private ConfigParser(JsonParser parser, IntFunction<String> originOfLine, Consumer<Problem> problems) {
        this.parser = parser;
        this.originOfLine = originOfLine;
        this.problems = problems;
    }

    private static LoaderOptions yamlLimits() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(ConfigFile.LARGEST);
        // One more than ours, so that ours is the one that speaks.
        options.setNestingDepthLimit(DEEPEST + 2);
        return options;
    }

    /** The one document of a YAML text, or nothing if it is empty or was refused. */
    static @Nullable ConfigNode yaml(String text, String fileName, Consumer<Problem> problems) {
        try (JsonParser parser = YAML.createParser(text)) {
            return new ConfigParser(parser, line -> fileName + ":" + line, problems).document(fileName);
        } catch (Refused refused) {
            problems.accept(refused.problem);
        } catch (JsonProcessingException malformed) {
            JsonLocation at = malformed.getLocation();
            String why = malformed.getCause() instanceof MarkedYAMLException marked && marked.getProblem() != null
                    ? " (" + marked.getProblem() + ")"
                    : "";
            problems.accept(new Problem(
                    fileName,
                    at == null ? fileName : fileName + ":" + at.getLineNr(),
                    null,
                    "This is not valid YAML" + why + "."));
        } catch (IOException | RuntimeException malformed) {
            problems.accept(new Problem(fileName, fileName, null, "This is not valid YAML."));
        }
        return null;
    }

    /** The one value of a JSON text, or nothing if it was refused. */
    static @Nullable ConfigNode json(String text, String key, String origin, Consumer<Problem> problems) {
        try (JsonParser parser = JSON.createParser(text)) {
            return new ConfigParser(parser, line -> origin, problems).document(key);
        } catch (Refused refused) {
            problems.accept(refused.problem);
        } catch (JsonProcessingException malformed) {
            JsonLocation at = malformed.getLocation();
            String where = at == null ? "" : " from character " + at.getColumnNr() + " on";
            problems.accept(new Problem(key, origin, null, "This is not valid JSON" + where + "."));
        } catch (IOException malformed) {
            problems.accept(new Problem(key, origin, null, "This is not valid JSON."));
        }
        return null;
    }

    private @Nullable ConfigNode document(String key) throws IOException {
        if (parser.nextToken() == null) {
            return null;
        }
        ConfigNode node = node(key, 0);
        if (parser.nextToken() != null) {
            throw new Refused(new Problem(key, origin(), null, "There is more after the end; one document is read."));
        }
        return node;
    }

    private ConfigNode node(String key, int depth) throws IOException {
        String origin = origin();
        if (depth > DEEPEST) {
            throw new Refused(new Problem(key, origin, null, "This is nested deeper than " + DEEPEST + " levels."));
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new Refused(new Problem(key, origin, null, "YAML aliases (*name) are not understood; write it out."));
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(key, depth, origin);
            case START_ARRAY -> sequence(key, depth, origin);
            case VALUE_NULL -> new ConfigNode.Scalar(null, origin);
            // A key with nothing behind it arrives as an empty text.
            default -> new ConfigNode.Scalar(parser.getText().isEmpty() ? null : parser.getText(), origin);
        };
    }

    private ConfigNode mapping(String key, int depth, String origin) throws IOException {
        Map<String, ConfigNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String path = depth == 0 ? name : key + "." + name;
            String nameOrigin = origin();
            parser.nextToken();
            ConfigNode value = node(path, depth + 1);
            ConfigNode first = entries.putIfAbsent(name, value);
            if (first != null) {
                problems.accept(new Problem(
                        path, nameOrigin, null, "This key was given before, at " + first.origin() + "; keep one."));
            }
        }
        return new ConfigNode.Mapping(entries, origin);
    }

    private ConfigNode sequence(String key, int depth, String origin) throws IOException {
        List<ConfigNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(key + "[" + items.size() + "]", depth + 1));
        }
        return new ConfigNode.Sequence(items, origin);
    }

    private String origin() {
        return originOfLine.apply(parser.currentTokenLocation().getLineNr());
    }

    /** Ends the parse of one source; what other sources have to say is still collected. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient Problem problem;

        Refused(Problem problem) {
            super(problem.message());
            this.problem = problem;
        }
    }
}
