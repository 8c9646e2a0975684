package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.machine.DownloadRequest;
import dev.lmbridge.sim.machine.Hub;
import dev.lmbridge.sim.machine.HubModel;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Namespace {@code repository}, as far as {@code lms get} needs it (lmstudio-js, {@code repositoryBackendInterface.ts}). */
final class RepositoryEndpoints implements Endpoints {
    /** When the only staff picks were chosen; the client wants a date. */
    private static final long PICKED_AT = 1_767_225_600_000L;

    private final SimMachine machine;
    private final Endpoints others;

    RepositoryEndpoints(SimMachine machine) {
        this.machine = machine;
        this.others = new MachineEndpoints(machine, Namespace.REPOSITORY);
    }

    @Override
    public @Nullable JsonNode call(String endpoint, JsonNode json) throws RefusedException {
        return endpoint.equals("fuzzyFindStaffPicks")
                ? staffPicks(new Parameter(endpoint, json))
                : others.call(endpoint, json);
    }

    @Override
    public OpenChannel open(String endpoint, JsonNode json, ChannelOutlet channel) throws RefusedException {
        return endpoint.equals("createDownloadPlan")
                ? PlanChannel.begin(machine, request(new Parameter(endpoint, json)), channel)
                : others.open(endpoint, json, channel);
    }

    private JsonNode staffPicks(Parameter parameter) throws RefusedException {
        String term = Objects.requireNonNullElse(parameter.textOrNull("searchTerm"), "");
        Long limit = parameter.positiveOrNull("limit");
        List<HubModel> found =
                machine.downloads().hub().staffPicks(term, formats(parameter.part("compatibilityTypes")));
        JsonNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode rows = answer.withArrayProperty("results");
        found.stream().limit(limit == null ? found.size() : limit).forEach(model -> {
            String key = model.modelKey(true);
            rows.addObject()
                    .put("owner", key.substring(0, key.indexOf('/')))
                    .put("name", key.substring(key.indexOf('/') + 1))
                    .put("revisionNumber", 1)
                    .put("createdAtTimestamp", PICKED_AT)
                    .put("description", model.description())
                    .put("exact", Hub.isExactly(model, term));
        });
        return answer;
    }

    private static DownloadRequest request(Parameter parameter) throws RefusedException {
        JsonNode target = parameter.part("target");
        JsonNode source = target.path("source");
        DownloadRequest request = switch (target.path("type").asText()) {
            case "artifact" -> DownloadRequest.artifact(slashed(parameter, target, "owner", "name"));
            case "model" -> DownloadRequest.repository(slashed(parameter, source, "user", "repo"));
            default -> throw parameter.wrong("target.type", "must be artifact or model");
        };
        String file = null;
        String quantization = null;
        for (JsonNode wish : parameter.part("opts").path("resolutionPreference")) {
            switch (wish.path("type").asText()) {
                case "fileName" -> file = wish.path("fileName").asText();
                case "quantName" -> quantization = wish.path("quantName").asText();
                default -> throw parameter.wrong("opts.resolutionPreference", "must be of fileName and quantName");
            }
        }
        return request.withFormats(formats(parameter.part("opts").path("compatibilityTypes")))
                .preferring(file, quantization);
    }

    private static String slashed(Parameter parameter, JsonNode in, String first, String second)
            throws RefusedException {
        if (!in.path(first).isTextual() || !in.path(second).isTextual()) {
            throw parameter.wrong("target", "must have " + first + " and " + second);
        }
        return in.path(first).textValue() + "/" + in.path(second).textValue();
    }

    private static Set<String> formats(JsonNode list) {
        Set<String> formats = new HashSet<>();
        list.forEach(each -> formats.add(each.asText()));
        return formats;
    }
}
