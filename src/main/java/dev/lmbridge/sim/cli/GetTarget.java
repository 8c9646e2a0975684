package dev.lmbridge.sim.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the argument of {@code lms get} can mean, read by the rules of {@code lms} (its {@code get.ts}). */
sealed interface GetTarget {
    /** A model of LM Studio's catalogue, {@code owner/name} in small letters. */
    record Artifact(String name) implements GetTarget {}

    /** A repository of Hugging Face; {@code file} is the last part of a longer address. */
    record Repository(String name, @Nullable String file) implements GetTarget {}

    /** A word to look for; may be empty. */
    record Term(String text) implements GetTarget {}

    /** It looks like an address, but is none that {@code lms} takes. */
    record Bad(String reason) implements GetTarget {}

    /**
     * What the client's own check says of an artifact whose name cannot be one, before LM Studio is asked: as ugly as this. Many
     * repositories of Hugging Face have such names.
     */
    static Optional<String> schemaProblem(String artifact) {
        int slash = artifact.indexOf('/');
        List<String> wrong = new ArrayList<>();
        if (!artifact.substring(0, slash).matches("[a-z0-9]+(?:-[a-z0-9]+)*")) {
            wrong.add("owner");
        }
        if (!artifact.substring(slash + 1).matches("[a-z0-9]+(?:[-.][a-z0-9]+)*")) {
            wrong.add("name");
        }
        return wrong.isEmpty()
                ? Optional.empty()
                : Optional.of(wrong.stream().map(GetTarget::issue).collect(Collectors.joining(",\n", "[\n", "\n]")));
    }

    private static String issue(String field) {
        return """
              {
                "validation": "regex",
                "code": "invalid_string",
                "message": "Invalid",
                "path": [
                  "target",
                  "%s"
                ]
              }""".formatted(field).indent(2).stripTrailing();
    }

    static GetTarget of(String name) {
        URI url = url(name);
        String host = url == null || url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        if (url != null && host.equals("huggingface.co")) {
            return huggingFace(url);
        }
        if (url != null && (host.equals("lmstudio.ai") || host.equals("www.lmstudio.ai"))) {
            return lmStudio(url);
        }
        List<String> parts = List.of(name.split("/", -1));
        return parts.size() == 2 && !parts.contains("") ? new Artifact(name.toLowerCase(Locale.ROOT)) : new Term(name);
    }

    private static GetTarget huggingFace(URI url) {
        List<String> parts = segments(url);
        if (!"https".equals(url.getScheme())) {
            return new Bad("Only https://huggingface.co URLs are supported.");
        }
        if (parts.size() < 2) {
            return new Bad("Invalid Hugging Face model URL. Expected https://huggingface.co/owner/repo[/*].");
        }
        return new Repository(parts.get(0) + "/" + parts.get(1), parts.size() == 2 ? null : parts.getLast());
    }

    private static GetTarget lmStudio(URI url) {
        List<String> parts = segments(url);
        if (!"https".equals(url.getScheme())) {
            return new Bad("Only https://lmstudio.ai URLs are supported.");
        }
        boolean isModel = parts.size() == 3 && parts.getFirst().equals("models");
        boolean isArtifact = parts.size() == 2 && !parts.getFirst().equals("models");
        return isModel || isArtifact
                ? new Artifact(String.join("/", parts.subList(parts.size() - 2, parts.size()))
                        .toLowerCase(Locale.ROOT))
                : new Bad("Invalid LM Studio artifact URL. Expected https://lmstudio.ai/models/owner/name or"
                        + " https://lmstudio.ai/owner/name.");
    }

    private static List<String> segments(URI url) {
        return Arrays.stream(Optional.ofNullable(url.getPath()).orElse("").split("/", -1))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static @Nullable URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
