package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The output of a response as it grows: its items, and the events that tell of them. The names and the order of events are OpenAI's. */
final class ResponseOutput {
    private final String id;
    private final List<Item> items = new ArrayList<>();
    private final List<ObjectNode> events = new ArrayList<>();
    private @Nullable Item open;

    /** What an item is made of. */
    private enum Type {
        REASONING("reasoning", "rs_", "reasoning_text"),
        MESSAGE("message", "msg_", "output_text"),
        CALL("function_call", "fc_", "function_call_arguments");

        private final String wireName;
        private final String prefix;
        private final String part;

        Type(String wireName, String prefix, String part) {
            this.wireName = wireName;
            this.prefix = prefix;
            this.part = part;
        }
    }

    private static final class Item {
        private final Type type;
        private final String id;
        private final int index;
        private final Token.@Nullable CallOpening call;
        private final StringBuilder text = new StringBuilder();

        Item(Type type, String id, int index, Token.@Nullable CallOpening call) {
            this.type = type;
            this.id = id;
            this.index = index;
            this.call = call;
        }

        ObjectNode json(boolean done) {
            ObjectNode item = Replies.object()
                    .put("id", id)
                    .put("type", type.wireName)
                    .put("status", done ? "completed" : "in_progress");
            if (call != null) {
                return item.put("call_id", call.id()).put("name", call.tool()).put("arguments", text.toString());
            }
            if (type == Type.REASONING) {
                item.putArray("summary");
            } else {
                item.put("role", "assistant");
            }
            ArrayNode content = item.putArray("content");
            if (done) {
                content.add(part(text.toString()));
            }
            return item;
        }

        ObjectNode part(String words) {
            ObjectNode part = Replies.object().put("type", type.part).put("text", words);
            if (type == Type.MESSAGE) {
                part.putArray("annotations");
            }
            return part;
        }
    }

    /** The output of the response with this id. */
    ResponseOutput(String id) {
        this.id = id;
    }

    /** The events of one token. */
    List<ObjectNode> add(Token token) {
        switch (token) {
            case Token.Reasoning thought -> grow(opened(Type.REASONING), thought.text());
            case Token.Content content -> grow(opened(Type.MESSAGE), content.text());
            case Token.CallOpening call -> begin(Type.CALL, call);
            case Token.CallArguments piece -> grow(called(piece.index()), piece.text());
        }
        return taken();
    }

    /** The events of the end. */
    List<ObjectNode> close() {
        end();
        return taken();
    }

    /** All items that have begun, as they are when the response is over. */
    ArrayNode json() {
        ArrayNode list = Replies.object().arrayNode();
        items.forEach(item -> list.add(item.json(true)));
        return list;
    }

    private Item opened(Type type) {
        Item now = open;
        return now != null && now.type == type ? now : begin(type, null);
    }

    private @Nullable Item called(int index) {
        for (Item item : items) {
            if (item.call != null && item.call.index() == index) {
                return item;
            }
        }
        return null;
    }

    private Item begin(Type type, Token.@Nullable CallOpening call) {
        end();
        Item item = new Item(type, type.prefix + id + "_" + items.size(), items.size(), call);
        items.add(item);
        open = item;
        event("response.output_item.added", item, false).set("item", item.json(false));
        if (type != Type.CALL) {
            event("response.content_part.added", item, true).set("part", item.part(""));
        }
        return item;
    }

    private void grow(@Nullable Item item, String text) {
        if (item != null) {
            item.text.append(text);
            event("response." + item.type.part + ".delta", item, true).put("delta", text);
        }
    }

    private void end() {
        Item item = open;
        open = null;
        if (item == null) {
            return;
        }
        String text = item.text.toString();
        ObjectNode done = event("response." + item.type.part + ".done", item, true);
        if (item.call != null) {
            done.put("name", item.call.tool()).put("arguments", text);
        } else {
            done.put("text", text);
            event("response.content_part.done", item, true).set("part", item.part(text));
        }
        event("response.output_item.done", item, false).set("item", item.json(true));
    }

    private ObjectNode event(String type, Item item, boolean inside) {
        ObjectNode event = Replies.object().put("type", type);
        if (inside) {
            event.put("item_id", item.id);
        }
        event.put("output_index", item.index);
        if (inside && item.type != Type.CALL) {
            event.put("content_index", 0);
        }
        events.add(event);
        return event;
    }

    private List<ObjectNode> taken() {
        List<ObjectNode> taken = List.copyOf(events);
        events.clear();
        return taken;
    }
}
