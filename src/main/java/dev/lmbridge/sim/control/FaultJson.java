package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.Fault.Values;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.faults.FaultKind.Scope;
import dev.lmbridge.sim.faults.FaultValue;
import dev.lmbridge.sim.machine.Catalogue;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Faults as JSON, in and out. */
final class FaultJson {
    private FaultJson() {}

    /**
     * Reads a fault.
     *
     * @param isCommand whether {@code lms} has this command
     * @throws BadField with a sentence that names the field and what it can be
     */
    static Fault read(ObjectNode json, Catalogue catalogue, Predicate<String> isCommand) {
        FaultKind kind = kind(json);
        Fields fields = new Fields(json, "A fault of the kind " + kind.wireName(), allowed(kind));
        String subject = subject(kind, fields, catalogue, isCommand);
        Integer times = fields.integer("times", 1);
        Values usual = Values.usual(kind);
        Integer after = fields.integer("afterMs", 0);
        Integer tokens = fields.integer("tokens", 0);
        String wording = wording(kind, fields);
        return new Fault(
                0,
                kind,
                subject,
                times,
                new Values(
                        after == null ? usual.after() : Duration.ofMillis(after),
                        tokens == null ? usual.tokens() : tokens,
                        fields.number("gigabytes"),
                        fields.text("text"),
                        wording == null ? usual.wording() : wording));
    }

    static ObjectNode write(Fault fault) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", fault.id()).put("kind", fault.kind().wireName());
        if (fault.kind().scope() != Scope.HOST) {
            json.put(fault.kind().scope() == Scope.LMS ? "command" : "model", fault.subject());
            json.put("times", fault.left());
        }
        Duration after = fault.values().after();
        for (FaultValue.Use use : fault.kind().uses()) {
            String name = use.value().wireName();
            switch (use.value()) {
                case AFTER_MS -> json.put(name, after == null ? null : (Long) after.toMillis());
                case TOKENS -> json.put(name, fault.values().tokens());
                case GIGABYTES -> json.put(name, fault.gigabytes());
                case TEXT -> json.put(name, fault.text());
                case WORDING -> json.put(name, fault.wording());
            }
        }
        return json;
    }

    private static FaultKind kind(ObjectNode json) {
        JsonNode name = json.path("kind");
        return FaultKind.ofWireName(name.asText(""))
                .orElseThrow(() -> new BadField("\"kind\" is " + (name.isMissingNode() ? "missing" : name)
                        + "; it must be one of "
                        + Arrays.stream(FaultKind.values())
                                .map(FaultKind::wireName)
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    private static List<String> allowed(FaultKind kind) {
        List<String> names = new java.util.ArrayList<>(List.of("kind"));
        names.addAll(kind.fields());
        return names;
    }

    private static @Nullable String subject(
            FaultKind kind, Fields fields, Catalogue catalogue, Predicate<String> isCommand) {
        String command = fields.text("command");
        if (command != null && !isCommand.test(command)) {
            throw new BadField("\"command\" is \"" + command
                    + "\"; it must be a command of lms, such as load, ps or server status.");
        }
        String model = fields.text("model");
        if (model != null && catalogue.byKey(model).isEmpty()) {
            throw new BadField("\"model\" is \"" + model + "\"; it must be a model key of the catalogue, such as "
                    + catalogue.models().getFirst().modelKey() + ".");
        }
        return kind.scope() == Scope.LMS ? command : model;
    }

    private static @Nullable String wording(FaultKind kind, Fields fields) {
        String wording = fields.text("wording");
        for (FaultValue.Use use : kind.uses()) {
            if (wording != null
                    && use.value() == FaultValue.WORDING
                    && !use.allowed().contains(wording)) {
                throw new BadField("\"wording\" is \"" + wording + "\"; it must be one of "
                        + String.join(", ", use.allowed()) + ".");
            }
        }
        return wording;
    }
}
