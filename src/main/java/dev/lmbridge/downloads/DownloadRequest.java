package dev.lmbridge.downloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FieldError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to have downloaded. Names are as strict as everywhere: no search terms, of which LM Studio would take the first
 * result, and no addresses but those of the two sites it downloads from.
 *
 * @param host null for the bridge to choose
 */
public record DownloadRequest(String model, @Nullable String host) {
    private static final Set<String> SITES = Set.of("huggingface.co", "lmstudio.ai");
    private static final String NAME =
            "must be owner/name or owner/name@quantization, or the https address of a model on "
                    + "huggingface.co or lmstudio.ai.";

    /** From the body of {@code POST /bridge/v1/downloads}; throws a {@link dev.lmbridge.failure.FailureException}. */
    public static DownloadRequest read(ObjectNode body) {
        List<FieldError> faults = new ArrayList<>();
        unknown(body, Set.of("model", "host"), faults);
        String model = text(body, "model", faults);
        String host = text(body, "host", faults);
        return checked(model, host, faults);
    }

    /** From the body of LM Studio's own route; its {@code quantization} is for addresses of Hugging Face only. */
    public static DownloadRequest readNative(ObjectNode body) {
        List<FieldError> faults = new ArrayList<>();
        String model = text(body, "model", faults);
        String quantization = text(body, "quantization", faults);
        if (model != null && quantization != null) {
            if (!isAddress(model)) {
                faults.add(new FieldError("quantization", "is only for addresses of Hugging Face."));
            }
            model = model + "@" + quantization;
        }
        return checked(model, null, faults);
    }

    private static DownloadRequest checked(@Nullable String model, @Nullable String host, List<FieldError> faults) {
        if (model == null && faults.stream().noneMatch(fault -> fault.field().equals("model"))) {
            faults.add(new FieldError("model", "must name what to download."));
        }
        Optional<String> badName = model == null ? Optional.empty() : problem(model);
        if (badName.isPresent() && faults.isEmpty()) {
            throw Failure.invalidModelName("model", badName.get()).asException();
        }
        if (model == null || !faults.isEmpty() || badName.isPresent()) {
            badName.ifPresent(problem -> faults.add(new FieldError("model", problem)));
            throw Failure.invalid(faults).asException();
        }
        return new DownloadRequest(model, host);
    }

    static Optional<String> problem(String model) {
        Optional<String> malformed = ModelKey.problem(model);
        if (malformed.isPresent()) {
            return malformed;
        }
        String refusal = "A model to download " + NAME;
        if (model.chars().anyMatch(Character::isWhitespace)
                || model.chars().filter(c -> c == '@').count() > 1) {
            return Optional.of(refusal);
        }
        if (isAddress(model)) {
            return isOfASite(model) ? Optional.empty() : Optional.of(refusal);
        }
        return model.matches("[^/\\\\:]+/[^/\\\\:]+") ? Optional.empty() : Optional.of(refusal);
    }

    private static boolean isAddress(String model) {
        return model.contains("://");
    }

    private static boolean isOfASite(String model) {
        try {
            URI address = new URI(model);
            String site = address.getHost();
            return "https".equals(address.getScheme())
                    && address.getRawUserInfo() == null
                    && address.getPort() < 0
                    && site != null
                    && SITES.contains(site.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    private static @Nullable String text(ObjectNode body, String field, List<FieldError> faults) {
        JsonNode value = body.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            faults.add(new FieldError(field, "must be a string."));
            return null;
        }
        return value.textValue();
    }

    private static void unknown(ObjectNode body, Set<String> known, List<FieldError> faults) {
        body.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
                faults.add(new FieldError(
                        shown, "is not a field here. Known are: " + String.join(", ", new TreeSet<>(known)) + "."));
            }
        });
    }
}
