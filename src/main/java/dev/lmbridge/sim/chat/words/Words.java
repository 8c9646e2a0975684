package dev.lmbridge.sim.chat.words;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts text into words, and words to stems. Names such as {@code readFile_v2} fall apart at their humps and underscores. */
public final class Words {
    private static final Pattern HUMP =
            Pattern.compile("(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
    private static final Set<String> STOP = Set.of(
            ("a an the of to in into on at by for from with and or but as is are was were be been it its this that these"
                            + " those i me my you your we our he she they them their his her please can could would should"
                            + " will shall do does did which who whom whose what where when how why if not no so than too"
                            + " very just also there here then first next finally afterwards after before all any some"
                            + " each every both using use via per about up out over under again only own same such s t")
                    .split(" "));

    private static final Set<String> ORDINARY =
            Set.of(("mention contain whole new old say said want need make made give given put take took keep know"
                            + " think see look go come work help thing way good able full entire complete exact correct right"
                            + " left whose switch called named saying containing including inside within without between"
                            + " against because once again still already now today answer tell report reply like such case part"
                            + " kind sort live lives living has have had having been being let does done doing finish off on true false yes percent one two piece pieces")
                    .split(" "));

    private Words() {}

    /** A word that says how or that, and is hardly ever a value itself. */
    public static boolean isOrdinary(String word) {
        String plain = word.toLowerCase(Locale.ROOT);
        return ORDINARY.contains(plain)
                || (plain.endsWith("s") && ORDINARY.contains(plain.substring(0, plain.length() - 1)));
    }

    /** Lower-case words in the order of the text, humps not split. */
    public static List<String> plain(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text.toLowerCase(Locale.ROOT).replace("e-mail", "email"));
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }

    /** Meanings of the words that count, in the order of the text; names are split into their parts. */
    public static List<String> meanings(String text) {
        List<String> meanings = new ArrayList<>();
        for (String word : plain(HUMP.matcher(text).replaceAll(" "))) {
            if (!STOP.contains(word)) {
                meanings.add(Synonyms.meaning(word));
            }
        }
        return meanings;
    }

    public static Set<String> meaningSet(String text) {
        return new LinkedHashSet<>(meanings(text));
    }

    public static boolean isStop(String word) {
        String plain = word.toLowerCase(Locale.ROOT).replace('’', '\'');
        return STOP.contains(plain.endsWith("'s") ? plain.substring(0, plain.length() - 2) : plain);
    }

    /** The word without the ending of a plural, a tense or a doer. */
    public static String stem(String word) {
        String rest = word.toLowerCase(Locale.ROOT);
        if (rest.length() > 4 && rest.endsWith("ies")) {
            return rest.substring(0, rest.length() - 3) + "y";
        }
        if (rest.length() > 3 && rest.endsWith("s") && !rest.endsWith("ss") && !rest.endsWith("us")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        for (String ending : List.of("ingly", "edly", "ing", "ed", "er", "ly", "e")) {
            if (rest.length() - ending.length() >= 3 && rest.endsWith(ending)) {
                rest = rest.substring(0, rest.length() - ending.length());
                break;
            }
        }
        int last = rest.length() - 1;
        if (last > 2 && rest.charAt(last) == rest.charAt(last - 1) && "bdgmnprt".indexOf(rest.charAt(last)) >= 0) {
            rest = rest.substring(0, last);
        }
        return rest.endsWith("i") && rest.length() > 3 ? rest.substring(0, rest.length() - 1) + "y" : rest;
    }
}
