package dev.lmbridge.sim.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files, keys, records and more with random names; tools act on it, and templates with {slots} speak of it. */
final class OthersWorld {
    final Map<String, String> files = new TreeMap<>();
    final Map<String, String> keys = new TreeMap<>();
    final List<Map<String, String>> calls = new ArrayList<>();
    int changes;
    private final Map<String, String> slots = new TreeMap<>();
    private final Map<String, String> listings = new TreeMap<>();
    private final boolean json;

    OthersWorld(Names names) {
        json = names.flip();
        for (int i = 1; i <= 3; i++) {
            List<String> lines = new ArrayList<>();
            int count = names.number(2, 6);
            for (int line = 0; line < count; line++) {
                lines.add(names.text(names.number(2, 5)));
            }
            String body = String.join("\n", lines);
            String file = names.path();
            files.put(file, body);
            slot("file" + i, file);
            slot("name" + i, names.file());
            slot("new" + i, names.path());
            slot("body" + i, body);
            slot("first" + i, lines.getFirst());
            slot("lines" + i, count);
            slot("words" + i, body.split("\\s+").length);
            slot("word" + i, names.word());
            slot("Name" + i, capital(names.word()));
            slot("fact" + i, names.text(3));
            slot("mail" + i, names.word() + "@" + names.word() + ".example");
            slot("text" + i, names.text(3));
            slot("num" + i, names.number(20, 500));
            slot("small" + i, names.number(2, 9));
            slot("key" + i, names.word());
            slot("val" + i, names.text(1));
            slot("nkey" + i, names.one(names.word(), names.word() + "_" + names.word(), names.word() + ".total"));
            keys.put(slots.get("key" + i), slots.get("val" + i));
            slot("item" + i, names.word());
            slot("price" + i, names.number(11, 90));
            slot("price" + i + "x3", 3 * number("price" + i));
            slot("id" + i, names.number(1_000, 9_999));
            slot("title" + i, names.word());
            slot("owner" + i, capital(names.word()));
            slot("url" + i, "https://" + names.word() + ".example/" + names.word());
            slot("urlbody" + i, names.text(8));
            slot("urlword" + i, or(slots.get("urlbody" + i), "").split(" ", -1)[0]);
            slot("temp" + i, names.number(-9, 35));
            slot("table" + i, names.word());
            slot("row" + i, names.word());
            slot("repo" + i, "/" + names.word() + "/" + names.word());
        }
        slot("product1", number("num1") * number("small1"));
        slot("sum12", number("num1") + number("num2"));
        slot("pricesum", number("price1") + number("price2"));
        slot("sumproduct", (number("num1") + number("num2")) * number("small1"));
        folder(names);
    }

    private void folder(Names names) {
        String folder = names.one(names.word(), names.word() + "/" + names.word());
        int count = names.number(3, 5);
        int newest = names.number(0, count - 1);
        int largest = names.number(0, count - 1);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = names.file();
            String text = names.text(4);
            LocalDate day = LocalDate.of(2026, 3, 1).plusDays(i == newest ? 200 : names.number(1, 100));
            int size = i == largest ? 9_000 + names.number(1, 99) : names.number(100, 8_000);
            files.put(folder + "/" + name, text);
            rows.add(
                    json
                            ? "{\"name\":\"" + name + "\",\"size\":" + size + ",\"modified\":\"" + day + "T10:00:00Z\"}"
                            : name + "  " + size + "  " + day + " 10:00");
            if (i == newest) {
                slot("newestword1", text.split(" ", -1)[0]);
            }
            if (i == largest) {
                slot("largest1", folder + "/" + name);
            }
        }
        listings.put(folder, json ? "[" + String.join(",", rows) + "]" : String.join("\n", rows));
        slot("dir1", folder);
        slot("dircount1", count);
    }

    String filled(String template) {
        String text = template.replace("\\n", "\n");
        for (Map.Entry<String, String> slot : slots.entrySet()) {
            text = text.replace("{" + slot.getKey() + "}", slot.getValue());
        }
        assert !text.matches("(?s).*\\{\\w+}.*") : text;
        return text;
    }

    /** Does a call whose names are those of the catalogue, and returns the result as text. */
    String call(String tool, JsonNode args) {
        Map<String, String> flat = new TreeMap<>(Map.of("tool", tool));
        flatten("", args, flat);
        calls.add(flat);
        String path = args.path("path").asText().replaceFirst("/$", "");
        String key = args.path("key").asText();
        return switch (tool) {
            case "read_file" -> or(files.get(path), "Error: no such file: " + path);
            case "write_file" ->
                changed(() -> files.put(path, args.path("content").asText()));
            case "append_file" ->
                changed(() -> files.merge(path, args.path("text").asText(), (was, more) -> was + "\n" + more));
            case "list_directory" -> or(listings.get(path), "Error: no such directory: " + path);
            case "move_file" ->
                move(args.path("source").asText(), args.path("destination").asText());
            case "delete_file" ->
                files.containsKey(path) ? changed(() -> files.remove(path)) : "Error: no such file: " + path;
            case "get_value" -> or(keys.get(key), "Error: no such key: " + key);
            case "set_value" -> changed(() -> keys.put(key, args.path("value").asText()));
            case "delete_key" -> changed(() -> keys.remove(key));
            case "list_keys" -> String.join("\n", keys.keySet());
            case "get_price" -> price(args.path("product").asText());
            case "multiply" -> number(args.path("a").asDouble() * args.path("b").asDouble());
            case "add" -> number(args.path("a").asDouble() + args.path("b").asDouble());
            case "get_record" -> record(args.path("id").asText());
            case "find_records" -> find(args.path("query").asText());
            case "find_contact" ->
                "{\"email\":\"" + numbered("Name", args.path("name").asText(), "mail") + "\"}";
            case "search_nodes", "read_graph" ->
                "{\"entities\":[{\"name\":\"" + slots.get("Name3")
                        + "\",\"entityType\":\"person\",\"observations\":[\"" + slots.get("fact3")
                        + "\"]}],\"relations\":[]}";
            case "fetch" -> numbered("url", args.path("url").asText(), "urlbody");
            case "get_current_time" ->
                "{\"timezone\":\"" + args.path("timezone").asText() + "\",\"datetime\":\"2026-03-14T14:07:00+01:00\"}";
            case "convert_time" -> "{\"time\":\"05:30\",\"time_difference\":\"+13h\"}";
            case "read_query" -> "[{'" + slots.get("word1") + "': '" + slots.get("row1") + "'}]";
            case "list_tables" -> "[{'name': '" + slots.get("table1") + "'}, {'name': '" + slots.get("table2") + "'}]";
            case "describe_table" -> "[{'cid': 0, 'name': '" + slots.get("row1") + "', 'type': 'TEXT'}]";
            case "git_status" -> "On branch main\nnothing to commit";
            case "git_log" -> "Commit: 1f2e3d\nAuthor: " + slots.get("Name3") + "\nMessage: " + slots.get("fact1");
            case "read_inbox", "list_events" -> "[]";
            case "get_current_weather" ->
                "{\"location\":\"" + args.path("location").asText() + "\",\"temperature\":" + slots.get("temp1") + "}";
            case "echo" -> args.path("message").asText();
            default -> changed(() -> {});
        };
    }

    private String changed(Runnable change) {
        change.run();
        changes++;
        return json ? "{\"ok\":true}" : "Done.";
    }

    private String move(String from, String to) {
        String text = files.remove(from);
        if (text == null) {
            return "Error: no such file: " + from;
        }
        return changed(() -> files.put(to, text));
    }

    private String price(String product) {
        String price = numbered("item", product, "price");
        if (price.startsWith("Error")) {
            return price;
        }
        return json ? "{\"product\":\"" + product + "\",\"price\":" + price + "}" : price;
    }

    private String record(String id) {
        String title = numbered("id", id, "title");
        return title.startsWith("Error")
                ? title
                : "{\"id\":" + id + ",\"title\":\"" + title + "\",\"status\":\"open\",\"owner\":\""
                        + numbered("id", id, "owner") + "\"}";
    }

    private String find(String query) {
        List<String> found = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            if (query.contains(slots.getOrDefault("title" + i, ""))) {
                found.add(record(slots.getOrDefault("id" + i, "")));
            }
        }
        return "[" + String.join(",", found) + "]";
    }

    /** The slot with the same number as the slot of the first kind that has this value. */
    private String numbered(String kind, String value, String wanted) {
        for (int i = 1; i <= 3; i++) {
            if (value.equals(slots.get(kind + i))) {
                return or(slots.get(wanted + i), "");
            }
        }
        return "Error: not found: " + value;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> into) {
        if (!node.isContainerNode()) {
            into.put(path, node.asText());
        }
        node.properties().forEach(entry -> flatten(joined(path, entry.getKey()), entry.getValue(), into));
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(joined(path, String.valueOf(i)), node.path(i), into);
            }
        }
    }

    private static String joined(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private int number(String slot) {
        return Integer.parseInt(or(slots.get(slot), ""));
    }

    private void slot(String name, Object value) {
        slots.put(name, value.toString());
    }

    private static String or(@org.jspecify.annotations.Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
