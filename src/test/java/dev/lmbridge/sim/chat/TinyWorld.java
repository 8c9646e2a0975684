package dev.lmbridge.sim.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.schema.SchemaCheck;
import dev.lmbridge.sim.chat.schema.SchemaScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/** A world in memory that tools change: files, records and a log of what was done; tools refuse bad arguments. */
final class TinyWorld {
    static final ObjectMapper MAPPER = new ObjectMapper();

    final Names names;
    final Map<String, String> files = new TreeMap<>();
    final List<String> done = new ArrayList<>();
    private final Map<String, Function<JsonNode, String>> actions = new LinkedHashMap<>();
    private final List<Tool> tools = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    TinyWorld(Names names) {
        this.names = names;
    }

    /** Builds the schema of a tool's arguments. */
    static final class Schema {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("type", "object");

        Schema() {
            json.putObject("properties");
            json.putArray("required");
            json.put("additionalProperties", false);
        }

        Schema field(String name, String type, String description) {
            optional(name, type, description);
            json.withArray("required").add(name);
            return this;
        }

        Schema optional(String name, String type, String description) {
            json.withObject("properties").putObject(name).put("type", type).put("description", description);
            return this;
        }

        Schema array(String name, String type, String description) {
            field(name, "array", description);
            json.withObject("properties").withObject(name).putObject("items").put("type", type);
            return this;
        }

        Schema options(String name, String description, List<String> options) {
            field(name, "string", description);
            options.forEach(json.withObject("properties").withObject(name).putArray("enum")::add);
            return this;
        }

        Schema object(String name, String description, Schema inner) {
            field(name, "object", description);
            json.withObject("properties").withObject(name).setAll(inner.json);
            json.withObject("properties").withObject(name).put("description", description);
            return this;
        }
    }

    void tool(String name, String description, Schema schema, Function<JsonNode, String> action) {
        tools.add(new Tool(name, description, schema.json));
        actions.put(name, action);
    }

    List<Tool> tools(Random random) {
        List<Tool> shuffled = new ArrayList<>(tools);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    List<String> log() {
        return log;
    }

    String call(String name, String arguments) throws Exception {
        log.add(name + arguments);
        Function<JsonNode, String> action = actions.get(name);
        if (action == null) {
            return "Error: unknown tool " + name;
        }
        JsonNode json = MAPPER.readTree(arguments);
        Tool tool = tools.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new SchemaCheck(new SchemaScope(tool.parameters())).fits(json, tool.parameters())
                ? action.apply(json)
                : "Error: the arguments break the schema.";
    }

    // What many tasks need, under random names.

    void reader() {
        String path = names.word();
        tool(
                names.tool(),
                names.one(
                        "Reads a file and returns its text.",
                        "Returns the content of a text file",
                        "Opens a file and shows what is in it",
                        "Get the text of a document"),
                new Schema()
                        .field(
                                path,
                                "string",
                                names.one(
                                        "path of the file to read",
                                        "Path of the file",
                                        "which file to open",
                                        "name of the file")),
                args -> {
                    String text = files.get(args.path(path).asText());
                    return text == null
                            ? "Error: file not found: " + args.path(path).asText()
                            : text;
                });
    }

    void writer() {
        String path = names.word();
        String text = names.word();
        Schema schema = new Schema();
        String about = names.one("text to write", "the text to put into the file", "Content that the file shall have");
        if (names.flip()) {
            schema.field(text, "string", about);
        }
        schema.field(
                path,
                "string",
                names.one(
                        "path of the file to write",
                        "where to write: the path of the file",
                        "name of the file to create"));
        if (!schema.json.path("properties").has(text)) {
            schema.field(text, "string", about);
        }
        tool(
                names.tool(),
                names.one(
                        "Writes text to a file.",
                        "Saves a text in a file",
                        "Creates or overwrites a file with the given content"),
                schema,
                args -> {
                    files.put(args.path(path).asText(), args.path(text).asText());
                    return names.one("ok", "Written.", "{\"ok\":true}");
                });
    }

    void lister(boolean json) {
        String folder = names.word();
        tool(
                names.tool(),
                names.one(
                        "Lists the files in a directory.",
                        "Shows which files are in a folder",
                        "Enumerates the entries of a directory"),
                new Schema()
                        .field(folder, "string", names.one("directory to list", "the folder", "path of the directory")),
                args -> {
                    String prefix = args.path(folder).asText().replaceFirst("/$", "") + "/";
                    List<String> found = files.keySet().stream()
                            .filter(name -> name.startsWith(prefix))
                            .toList();
                    if (found.isEmpty()) {
                        return "Error: no such directory";
                    }
                    return json ? MAPPER.valueToTree(found).toString() : String.join("\n", found);
                });
    }

    void deleter() {
        String path = names.word();
        tool(
                names.tool(),
                names.one("Deletes a file.", "Removes a file for ever"),
                new Schema().field(path, "string", "path of the file to delete"),
                args -> {
                    files.remove(args.path(path).asText());
                    done.add("deleted");
                    return "deleted";
                });
    }

    /** A tool that adds up a list of numbers. */
    void listAdder() {
        String list = names.word();
        tool(
                names.tool(),
                names.one("Adds up numbers.", "Returns the total of a list of numbers."),
                new Schema().array(list, "number", "the numbers to add"),
                args -> {
                    int sum = 0;
                    for (var each : args.path(list)) {
                        sum += each.asInt();
                    }
                    return "{\"" + list + "\":" + sum + "}";
                });
    }

    void counter(boolean json) {
        String text = names.word();
        tool(
                names.tool(),
                names.one(
                        "Counts the words of a text.",
                        "Returns how many words a text has; counts them",
                        "Word count of a text"),
                new Schema().field(text, "string", names.one("text whose words are counted", "the text to count")),
                args -> {
                    int count = args.path(text).asText().split(" ", -1).length;
                    return json ? "{\"count\":" + count + "}" : String.valueOf(count);
                });
    }

    void adder() {
        String one = names.word();
        String other = names.word();
        tool(
                names.tool(),
                names.one("Adds two numbers.", "Returns the sum of two numbers", "Calculates the sum of two values"),
                new Schema()
                        .field(one, "number", names.one("first number", "a number"))
                        .field(other, "number", names.one("second number", "another number")),
                args -> String.valueOf(args.path(one).asInt() + args.path(other).asInt()));
    }

    void searcher(Map<String, String> records) {
        String query = names.word();
        tool(
                names.tool(),
                names.one(
                        "Searches the records for a word.",
                        "Finds records that contain a term",
                        "Looks up entries by a keyword"),
                new Schema()
                        .field(query, "string", names.one("what to search for", "the word to look for", "search term")),
                args -> {
                    var matches = MAPPER.createArrayNode();
                    records.forEach((id, text) -> {
                        if (text.contains(args.path(query).asText())) {
                            matches.addObject()
                                    .put("title", text.split(" ", -1)[0])
                                    .put("id", id);
                        }
                    });
                    return MAPPER.createObjectNode().set("matches", matches).toString();
                });
    }

    void fetcher(Map<String, String> records) {
        String id = names.word();
        tool(
                names.tool(),
                names.one(
                        "Fetches a record by its id.",
                        "Returns one whole record",
                        "Loads the record with this identifier"),
                new Schema().field(id, "string", names.one("id of the record", "identifier of the record to fetch")),
                args -> {
                    String text = records.get(args.path(id).asText());
                    return text == null
                            ? "Error: no such record"
                            : MAPPER.createObjectNode().put("text", text).toString();
                });
    }

    void sender() {
        String to = names.word();
        String body = names.word();
        tool(
                names.tool(),
                names.one("Sends a message by e-mail.", "Mails a text to a person"),
                new Schema()
                        .field(to, "string", names.one("e-mail address of the recipient", "email of who gets it"))
                        .field(body, "string", names.one("text of the message", "message to send")),
                args -> {
                    done.add(args.path(to).asText() + "<" + args.path(body).asText());
                    return "sent";
                });
    }
}
