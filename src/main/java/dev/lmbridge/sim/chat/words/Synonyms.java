package dev.lmbridge.sim.chat.words;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** General English words that mean about the same. The first of a row stands for all. */
public final class Synonyms {
    private static final List<String> ACTIONS = List.of(
            "read open show get fetch view display load retrieve obtain return print cat download",
            "write save create store put record persist output dump insert make remember",
            "append attach",
            "list enumerate",
            "find search look query locate lookup grep seek discover match",
            "delete remove erase drop destroy discard unlink forget",
            "count length tally measure many",
            "add sum plus total addition",
            "subtract minus difference",
            "multiply times product multiplication",
            "divide division quotient",
            "update change modify edit adjust set alter assign mark switch turn",
            "replace substitute swap",
            "move rename relocate",
            "copy duplicate clone",
            "send mail deliver notify dispatch",
            "translate",
            "convert transform",
            "run execute launch invoke start",
            "stop cancel halt abort",
            "compare",
            "sort rank",
            "check verify validate test",
            "book reserve schedule",
            "buy purchase",
            "calculate compute evaluate calculator",
            "join concatenate combine merge",
            "reverse backwards",
            "uppercase upper capitalize capitals",
            "lowercase lower",
            "register enroll",
            "summarize summarise",
            "paint colour color",
            "close shut",
            "tag flag");
    private static final List<String> THINGS = List.of(
            "file document filename",
            "path",
            "directory folder dir",
            "message note",
            "text content contents body string",
            "word term keyword phrase",
            "id identifier key code",
            "record entry item row",
            "url link uri website webpage site web",
            "email mailbox",
            "price cost amount",
            "person user customer people recipient contact",
            "weather forecast",
            "city town place location",
            "number integer numeric figure",
            "big large",
            "result outcome",
            "destination target",
            "source origin",
            "limit maximum max most least",
            "name title label",
            "level degree",
            "date day");
    private static final Map<String, String> MEANINGS = new HashMap<>();
    private static final Set<String> ACTION_MEANINGS = new HashSet<>();

    static {
        ACTIONS.forEach(row -> ACTION_MEANINGS.add(learn(row)));
        THINGS.forEach(Synonyms::learn);
        MEANINGS.put("found", "find");
        MEANINGS.put("time", "time");
        MEANINGS.put("costs", "price");
        MEANINGS.put("written", "write");
        MEANINGS.put("sent", "send");
        MEANINGS.put("got", "read");
        MEANINGS.put("long", "count");
    }

    private Synonyms() {}

    /** What stands for the word: the first word of its row, else its stem. */
    public static String meaning(String word) {
        String known = MEANINGS.get(word);
        if (known != null) {
            return known;
        }
        String stem = Words.stem(word);
        return MEANINGS.getOrDefault(stem, stem);
    }

    /** Whether the meaning is that of a verb that tools do. */
    public static boolean isAction(String meaning) {
        return ACTION_MEANINGS.contains(meaning);
    }

    /** Whether the word has a row. */
    public static boolean knows(String word) {
        return MEANINGS.containsKey(word) || MEANINGS.containsKey(Words.stem(word));
    }

    private static String learn(String row) {
        String[] words = row.split(" ", -1);
        for (String word : words) {
            MEANINGS.put(word, words[0]);
            MEANINGS.put(Words.stem(word), words[0]);
        }
        return words[0];
    }
}
