package dev.lmbridge.sim.chat.tools;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Ways to ask for something without its verb, put into the words that the steps know. */
final class Idioms {
    private static final Map<Pattern, String> PLAIN = new LinkedHashMap<>();

    static {
        say("(what|who|where|how|that|it|there)['’]s\\b", "$1 is");
        say("e-mails?\\b", "email");
        say("get rid of|throw away", "delete");
        say("take down|jot down|note down|make a note of", "save");
        say("(have|take) a look (into|in|at)|look (into|inside)", "list");
        say("(i'd like|i would like|i want|i need) to know (what|which|who|how|when|where)\\b", "show $2");
        say("(please )?(could|can|would|will) you (please |kindly |perhaps )*", "");
        say("(open|add) (a |an )?new\\b", "create a new");
        say("(i need|i want|i'd like|i would like|we need|we want|there should be) an?\\b", "create a");
        say("(i need|i want|i'd like|i would like|we need|we want) (you )?to\\b", "");
        say("let ((?!me\\b|us\\b)[^.:\"]{1,60}) know( that)?:?", "send to $1 saying");
        say("(inform|tell) (?!me\\b|us\\b|how\\b|what\\b)(?-i:(?=\\p{Lu}))", "send to ");
        say("how much (is|are|does|do)\\b", "show the price of");
        say("((?:say|says|said|saying)) that\\b", "saying");
        say(
                "(what is|what are|what does|what do) ((?:[^.;!?\\n]|\\.(?=\\w)){0,80}?)\\b(say|says|in it|contain|contains)\\b",
                "read $2 content");
        say("what is (stored |saved |written )?(in|under|inside)\\b", "read");
    }

    private Idioms() {}

    static String plain(String task) {
        String text = task;
        for (Map.Entry<Pattern, String> idiom : PLAIN.entrySet()) {
            text = idiom.getKey().matcher(text).replaceAll(idiom.getValue());
        }
        return text;
    }

    private static void say(String idiom, String plain) {
        PLAIN.put(Pattern.compile("(?i)\\b(?:" + idiom + ")"), plain);
    }
}
