package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, as it travels. {@code lms} prints {@code Error: <title> } and the cause in a block of its own; where
 * {@code displayData} carries a code that it knows, it uses its own words instead (lmstudio-js, {@code friendlyErrorDeserializer.ts}).
 */
record WireError(
        String title,
        @Nullable String cause,
        @Nullable String suggestion,
        @Nullable ObjectNode displayData) {
    private static final int SAMPLE = 10;

    static WireError of(String title) {
        return new WireError(title, null, null, null);
    }

    static WireError of(Refusal refusal) {
        return new WireError(refusal.title(), refusal.cause(), refusal.suggestion(), null);
    }

    static WireError unknownEndpoint(String kind, String endpoint) {
        return of("Received " + kind + " for unknown endpoint " + endpoint + ".");
    }

    static WireError alreadyUnloaded() {
        return new WireError(
                "This model has already been unloaded.", null, null, display("generic.specificModelUnloaded"));
    }

    /** @param known what is downloaded; {@code lms} lists a sample of it */
    static WireError pathNotFound(String path, List<CatalogueModel> known) {
        ObjectNode display = display("generic.pathNotFound").put("path", path);
        known.stream()
                .limit(SAMPLE)
                .forEach(model ->
                        display.withArrayProperty("availablePathsSample").add(model.path()));
        display.withArrayProperty("availablePathsSample");
        display.put("totalModels", known.size());
        return new WireError("Cannot find a model with path \"" + path + "\"", null, null, display);
    }

    static WireError identifierNotFound(String identifier, List<String> loaded) {
        ObjectNode display = display("generic.identifierNotFound").put("identifier", identifier);
        display.withArrayProperty("loadedModelsSample");
        loaded.stream().limit(SAMPLE).forEach(display.withArrayProperty("loadedModelsSample")::add);
        display.put("totalLoadedModels", loaded.size());
        return new WireError("Cannot find a model with identifier \"" + identifier + "\"", null, null, display);
    }

    static WireError wrongDomain(CatalogueModel model, String expected) {
        ObjectNode display = display("generic.domainMismatch")
                .put("path", model.path())
                .put("actualDomain", model.type().wireName())
                .put("expectedDomain", expected);
        return new WireError("Model has wrong domain.", null, null, display);
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("title", title);
        if (cause != null) {
            json.put("cause", cause);
        }
        if (suggestion != null) {
            json.put("suggestion", suggestion);
        }
        if (displayData != null) {
            json.set("displayData", displayData);
        }
        return json.put("rootTitle", title);
    }

    private static ObjectNode display(String code) {
        return JsonNodeFactory.instance.objectNode().put("code", code);
    }
}
