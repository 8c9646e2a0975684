package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Fills an array of objects: one for each part of the step that fills one, else one from the whole step. */
final class Objects {
    private final Offer offer;
    private final Step step;
    private final Facts facts;

    Objects(Offer offer, Step step, Facts facts) {
        this.offer = offer;
        this.step = step;
        this.facts = facts;
    }

    /** @param used values that other fields of the call have; those of the objects are added */
    ArrayNode of(ObjectNode item, Set<Value> used) {
        Offer inner = offer.inside(new Tool(offer.tool().name(), "", item));
        ArrayNode objects = JsonNodeFactory.instance.arrayNode();
        List<Step> parts = parts();
        for (Step part : parts.size() > 1
                        && parts.stream().allMatch(each -> isLike(each, parts.getFirst()) && fills(inner, each))
                ? parts
                : List.of(step)) {
            Arguments arguments = Arguments.of(inner, part, List.of(), facts, used);
            if (arguments.missing().stream().allMatch(Field::isArray)) {
                objects.add(arguments.inner());
                used.addAll(arguments.used());
            }
        }
        return objects;
    }

    /** Parts that each tell of one object have values of the same looks. */
    private static boolean isLike(Step one, Step other) {
        return one.values().stream()
                .map(Value::kind)
                .toList()
                .equals(other.values().stream().map(Value::kind).toList());
    }

    private boolean fills(Offer inner, Step part) {
        return Arguments.of(inner, part, List.of(), new Facts(part)).missing().stream()
                .allMatch(Field::isArray);
    }

    private List<Step> parts() {
        List<Step> parts = new ArrayList<>();
        List<Lexer.Token> current = new ArrayList<>();
        for (Lexer.Token token : step.tokens()) {
            if (token.isWord("and") || token.isMark(",;\n")) {
                close(current, parts);
            } else {
                current.add(token);
            }
        }
        close(current, parts);
        return parts;
    }

    private static void close(List<Lexer.Token> current, List<Step> parts) {
        if (!current.isEmpty()) {
            parts.add(new Step(current));
            current.clear();
        }
    }
}
