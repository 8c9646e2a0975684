package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.chat.TinyWorld.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A task in a tiny world.
 *
 * @param wrong says what is wrong with the world afterwards; empty if nothing is
 * @param answer what the last answer must contain
 * @param calls how many calls it may take
 */
record GeneratedTask(
        String shape, String text, TinyWorld world, Supplier<String> wrong, List<String> answer, int calls) {
    static final int SHAPES = 16;

    static GeneratedTask of(int shape, Names names) {
        TinyWorld world = new TinyWorld(names);
        return switch (Math.floorMod(shape, SHAPES)) {
            case 0 -> singleWrite(names, world);
            case 1 -> listThenRead(names, world);
            case 2 -> readCountWrite(names, world);
            case 3 -> searchThenFetch(names, world);
            case 4 -> twoReadsThenSum(names, world);
            case 5 -> choice(names, world);
            case 6 -> nested(names, world);
            case 7 -> array(names, world);
            case 8 -> chainOfThree(names, world);
            case 9 -> decoy(names, world);
            case 10 -> unknownOption(names, world);
            case 11 -> renamedField(names, world);
            case 12 -> moved(names, world);
            case 13 -> impliedCount(names, world);
            case 14 -> numberedCopy(names, world);
            default -> numbers(names, world);
        };
    }

    private static GeneratedTask task(
            String shape, String text, TinyWorld world, Supplier<String> wrong, List<String> answer, int calls) {
        return new GeneratedTask(shape, text, world, wrong, answer, calls);
    }

    private static String equal(Object expected, Object actual) {
        return expected.equals(actual) ? "" : "expected " + expected + " but found " + actual;
    }

    private static GeneratedTask singleWrite(Names names, TinyWorld world) {
        world.writer();
        world.reader();
        String file = names.path();
        String text = names.text(3);
        String task = names.one(
                "Write \"" + text + "\" to " + file + ".",
                "Please save the text '" + text + "' in the file " + file,
                "Create the file " + file + " with the content \"" + text + "\".",
                "I need a file named " + file + " that says \"" + text + "\". Write it.");
        return task("write", task, world, () -> equal(text, world.files.getOrDefault(file, "")), List.of(), 1);
    }

    private static GeneratedTask listThenRead(Names names, TinyWorld world) {
        world.lister(names.flip());
        world.reader();
        if (names.flip()) {
            world.writer();
        }
        String folder = names.word();
        String topic = names.word();
        String text = names.text(4);
        world.files.put(folder + "/" + names.file(), names.text(3));
        world.files.put(folder + "/" + topic + "-" + names.file(), text);
        world.files.put(folder + "/" + names.file(), names.text(3));
        String task = names.one(
                "List the files in the directory " + folder + ", then read the file about " + topic
                        + " and tell me what it says.",
                "Look into the folder \"" + folder
                        + "\". First list what is in it; then open the one whose name contains '" + topic + "'.",
                "1. List the directory " + folder + "/.\n2. Read the file for " + topic
                        + ".\n3. Answer with its text.");
        return task("list then read", task, world, () -> "", List.of(text), 2);
    }

    private static GeneratedTask readCountWrite(Names names, TinyWorld world) {
        world.reader();
        world.counter(names.flip());
        world.writer();
        String from = names.path();
        String to = names.path();
        int words = names.number(3, 9);
        world.files.put(from, names.text(words));
        String task = names.one(
                "Read " + from + ", count its words and write the count to " + to + ".",
                "First read the file " + from + ". Then count the words in it. Finally save the number in " + to + ".",
                "Open '" + from + "' then count the words of the text, then store the result in '" + to + "'.");
        return task(
                "read, count, write",
                task,
                world,
                () -> equal(String.valueOf(words), world.files.getOrDefault(to, "")),
                List.of(String.valueOf(words)),
                3);
    }

    private static GeneratedTask searchThenFetch(Names names, TinyWorld world) {
        Map<String, String> records = new TreeMap<>();
        String word = names.word();
        String text = names.word() + " " + word + " " + names.text(2);
        records.put(names.id(), names.text(3));
        records.put(names.id(), text);
        records.put(names.id(), names.text(3));
        world.searcher(records);
        world.fetcher(records);
        String task = names.one(
                "Search for \"" + word + "\" and fetch the record that is found.",
                "Find the record that mentions " + word + ", then get the whole record and tell me its text.",
                "Look up '" + word + "'. Then load the record with the id that you found.",
                "Fetch the record that a search for '" + word + "' finds.");
        return task("search then fetch", task, world, () -> "", List.of(text), 2);
    }

    private static GeneratedTask twoReadsThenSum(Names names, TinyWorld world) {
        world.reader();
        world.adder();
        String one = names.path();
        String other = names.path();
        int left = names.number(10, 500);
        int right = names.number(10, 500);
        world.files.put(one, String.valueOf(left));
        world.files.put(other, names.one(String.valueOf(right), names.word() + " has " + right + " " + names.word()));
        String task = names.one(
                "Read " + one + " and " + other + ", then add the two numbers in them.",
                "Read the file " + one + ". Read the file " + other + ". What is the sum of the numbers?",
                "Open " + one + " and open " + other + " and calculate the sum of both numbers.");
        return task("two reads, sum", task, world, () -> "", List.of(String.valueOf(left + right)), 3);
    }

    private static GeneratedTask choice(Names names, TinyWorld world) {
        String thing = names.word();
        String level = names.word();
        List<String> options = List.of(names.word(), names.word(), names.word());
        String wanted = names.one(options.get(0), options.get(1), options.get(2));
        String device = names.word();
        world.tool(
                names.tool(),
                "Sets the mode of a device.",
                new Schema().options(level, "the mode", options).field(thing, "string", "name of the device"),
                args -> {
                    world.done.add(
                            args.path(thing).asText() + "=" + args.path(level).asText());
                    return "done";
                });
        world.reader();
        String task = names.one(
                "Set the device \"" + device + "\" to the mode " + wanted + ".",
                "Switch the mode: please set " + wanted + " on the device named " + device + ".",
                "Change the mode of the device " + device + " to " + wanted);
        return task("enum", task, world, () -> equal(List.of(device + "=" + wanted), world.done), List.of(), 1);
    }

    private static GeneratedTask nested(Names names, TinyWorld world) {
        String outer = names.word();
        String mail = names.word();
        String town = names.word();
        String who = names.word();
        world.tool(
                names.tool(),
                "Registers a new customer.",
                new Schema()
                        .field(who, "string", "name of the customer")
                        .object(
                                outer,
                                "how to reach the customer",
                                new Schema()
                                        .field(mail, "string", "e-mail address")
                                        .field(town, "string", "city where the customer lives"))
                        .optional(names.word(), "integer", "age in years"),
                args -> {
                    world.done.add(args.path(who).asText() + "|"
                            + args.path(outer).path(mail).asText() + "|"
                            + args.path(outer).path(town).asText());
                    return "{\"ok\":true}";
                });
        world.sender();
        String name = capital(names.word());
        String address = names.word() + "@" + names.word() + ".example";
        String city = capital(names.word());
        String task = names.one(
                "Register the customer \"" + name + "\" with the e-mail " + address + " in the city \"" + city + "\".",
                "Register a customer named " + name + " who lives in the city " + city + ", e-mail address " + address
                        + ".",
                "Please register the customer " + name + ": city " + city + ", email " + address);
        return task(
                "nested",
                task,
                world,
                () -> equal(List.of(name + "|" + address + "|" + city), world.done),
                List.of(),
                1);
    }

    private static GeneratedTask array(Names names, TinyWorld world) {
        String file = names.word();
        String labels = names.word();
        world.tool(
                names.tool(),
                "Puts labels on a file.",
                new Schema()
                        .field(file, "string", "path of the file")
                        .array(labels, "string", names.one("the labels", "list of labels to put on it")),
                args -> {
                    world.done.add(args.path(file).asText() + args.path(labels));
                    return "labelled";
                });
        world.reader();
        String path = names.path();
        List<String> words = List.of(names.word(), names.word(), names.word());
        String task = names.one(
                "Put the labels " + words.get(0) + ", " + words.get(1) + " and " + words.get(2) + " on the file " + path
                        + ".",
                "Put labels on " + path + ": \"" + words.get(0) + "\", \"" + words.get(1) + "\", \"" + words.get(2)
                        + "\".");
        return task(
                "array",
                task,
                world,
                () -> equal(List.of(path + TinyWorld.MAPPER.valueToTree(words)), world.done),
                List.of(),
                1);
    }

    private static GeneratedTask chainOfThree(Names names, TinyWorld world) {
        Map<String, String> records = new TreeMap<>();
        String word = names.word();
        String text = names.word() + " " + word + " " + names.word();
        records.put(names.id(), text);
        records.put(names.id(), names.text(2));
        world.searcher(records);
        world.fetcher(records);
        world.sender();
        String address = names.word() + "@" + names.word() + ".example";
        String task = names.one(
                "Search for '" + word + "', fetch the record with the id found and send its text to " + address + ".",
                "First find the record about " + word + ". Then get that record. Finally mail its text to " + address
                        + ".");
        return task(
                "chain of three", task, world, () -> equal(List.of(address + "<" + text), world.done), List.of(), 3);
    }

    private static GeneratedTask decoy(Names names, TinyWorld world) {
        world.deleter();
        world.reader();
        String url = names.word();
        world.tool(
                names.tool(),
                "Reads a web page and returns its text.",
                new Schema().field(url, "string", "URL of the page"),
                args -> {
                    world.done.add("web");
                    return "a page";
                });
        String file = names.path();
        String text = names.text(3);
        world.files.put(file, text);
        String task = names.one(
                "What is in the file " + file + "?",
                "Show me the content of " + file + ".",
                "Please read " + file + " and tell me what it says.",
                "What does " + file + " say?");
        return task("decoy", task, world, () -> equal(List.of(), world.done), List.of(text), 1);
    }

    private static GeneratedTask unknownOption(Names names, TinyWorld world) {
        String unit = names.word();
        String place = names.word();
        List<String> allowed = List.of(names.word(), names.word());
        String town = capital(names.word());
        world.tool(
                names.tool(),
                "Returns the weather of a city.",
                new Schema().field(place, "string", "city").field(unit, "string", "unit of the temperature"),
                args -> allowed.contains(args.path(unit).asText())
                        ? args.path(place).asText() + " has " + allowed.size() + " clouds"
                        : "Error: " + unit + " must be one of " + String.join(", ", allowed));
        world.reader();
        String task = names.one(
                "What is the weather in " + town + "?",
                "Get the weather of the city " + town + " and tell me about it.");
        return task("option named by the error", task, world, () -> "", List.of(town + " has 2 clouds"), 2);
    }

    private static GeneratedTask renamedField(Names names, TinyWorld world) {
        String wrong = names.word();
        String right = names.word();
        String value = names.word();
        Schema open = new Schema().field(wrong, "string", "name of the user");
        open.json.put("additionalProperties", true);
        open.json.putArray("required");
        open.json.withArray("required").add(wrong);
        Schema loose = new Schema();
        loose.json.setAll(open.json);
        loose.json.putArray("required");
        world.tool(names.tool(), "Deletes a user account.", loose, args -> {
            if (args.has(right)) {
                world.done.add(args.path(right).asText());
                return "gone";
            }
            return names.one(
                    "{\"error\":\"unknown field '" + wrong + "', use '" + right + "'\"}",
                    "Error: unknown parameter " + wrong + ". Did you mean " + right + "?");
        });
        String task = "Delete the account of the user " + names.one("'" + value + "'", "\"" + value + "\"") + ".";
        return task(
                "field named by the error", task, world, () -> equal(List.of(value), world.done), List.of("gone"), 2);
    }

    private static GeneratedTask moved(Names names, TinyWorld world) {
        String from = names.word();
        String to = names.word();
        Schema schema = new Schema();
        if (names.flip()) {
            schema.field(to, "string", "destination path").field(from, "string", "source path");
        } else {
            schema.field(from, "string", "the file to move").field(to, "string", "new path of the file");
        }
        world.tool(names.tool(), "Moves a file to another place.", schema, args -> {
            world.done.add(args.path(from).asText() + ">" + args.path(to).asText());
            return "moved";
        });
        world.deleter();
        String one = names.path();
        String other = names.path();
        String task = names.one(
                "Move " + one + " to " + other + ".",
                "Please rename the file " + one + " to " + other,
                "Move the file '" + one + "' into '" + other + "'.");
        return task("move", task, world, () -> equal(List.of(one + ">" + other), world.done), List.of(), 1);
    }

    private static GeneratedTask impliedCount(Names names, TinyWorld world) {
        world.reader();
        world.counter(false);
        world.sender();
        String file = names.path();
        int words = names.number(3, 9);
        world.files.put(file, names.text(words));
        String task = names.one(
                "How many words are in " + file + "?",
                "Count the words of the file " + file + ".",
                "Tell me the number of words that " + file + " has; count them.");
        return task("read implied by count", task, world, () -> "", List.of(String.valueOf(words)), 2);
    }

    private static GeneratedTask numberedCopy(Names names, TinyWorld world) {
        world.reader();
        world.writer();
        world.deleter();
        String from = names.path();
        String to = names.path();
        String text = names.text(4);
        world.files.put(from, text);
        String task = names.one(
                "1) Read " + from + "\n2) Write its text to " + to + "\n3) Say that it is done.",
                "Read the file " + from + " and write what it says to the file " + to + ".",
                "Write the text of " + from + " to " + to + ".");
        return task(
                "copy by read and write",
                task,
                world,
                () -> equal(text, world.files.getOrDefault(to, "")) + (world.done.isEmpty() ? "" : " deleted"),
                List.of(),
                2);
    }

    private static GeneratedTask numbers(Names names, TinyWorld world) {
        world.listAdder();
        world.counter(true);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(names.number(1, 900));
        }
        int sum = all.stream().mapToInt(Integer::intValue).sum();
        String text = all.get(0) + ", " + all.get(1) + ", " + all.get(2) + " and " + all.get(3);
        String task = names.one(
                "What is the sum of " + text + "?",
                "Add " + text + ".",
                "Calculate the total of the numbers " + text + ".");
        return task("array of numbers", task, world, () -> "", List.of(String.valueOf(sum)), 1);
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
