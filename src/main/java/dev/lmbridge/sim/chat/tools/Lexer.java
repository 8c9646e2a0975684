package dev.lmbridge.sim.chat.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a text into words and the things that can be arguments: quoted texts, paths, addresses, dates and numbers. */
final class Lexer {
    private static final Pattern TOKEN =
            Pattern.compile("(?<quoted>\"[^\"]*\"|“[^”]*”|`[^`]+`|(?<![\\p{L}\\p{N}])'[^'\\n]*'(?!\\p{L}))"
                    + "|(?<url>\\b[a-z]{2,8}://[^\\s\"'<>]*[\\w/])"
                    + "|(?<email>[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)"
                    + "|(?<date>\\b\\d{4}-\\d{2}-\\d{2}(?:T[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)?)?(?![\\w-]))"
                    + "|(?<time>(?<![\\w:])\\d{1,2}:\\d{2}(?![\\w:]))"
                    + "|(?<pair>\\b[\\p{L}_][\\w-]*=(?:\"[^\"]*\"|'[^']*'|[^\\s,;\"']*[\\w/]))"
                    + "|(?<path>(?<![\\w])(?:~|\\.{1,2})?/[\\w./-]*\\w/?|\\b[\\w.-]*[\\w-](?:/[\\w-][\\w.-]*)+(?<![.])/?|\\b\\w[\\w-]*/(?=[\\s.,;!?]|$)"
                    + "|\\b\\w[\\w-]*(?:\\.[\\w-]+)*\\.[A-Za-z][A-Za-z0-9]{0,5}\\b(?![\\w@]))"
                    + "|(?<number>(?<![\\w.])-?\\d+(?:\\.\\d+)?(?![\\w-]|\\.\\d))"
                    + "|(?<ident>[\\p{L}\\p{N}]+(?:[_-][\\p{L}\\p{N}]+)+|\\p{L}+\\d[\\p{L}\\d]*|\\d+\\p{L}[\\p{L}\\d]*)"
                    + "|(?<word>[\\p{L}\\p{N}]+(?:['’]\\p{L}+)?)"
                    + "|(?<mark>[.,;:!?()\\n*+/=×÷-])");
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("three", 3),
            Map.entry("four", 4),
            Map.entry("five", 5),
            Map.entry("six", 6),
            Map.entry("seven", 7),
            Map.entry("eight", 8),
            Map.entry("nine", 9),
            Map.entry("ten", 10));

    private Lexer() {}

    /** One token; {@code key} is set for {@code key=value} only. */
    record Token(Kind kind, String text, String key, int start) {
        boolean isMark(String marks) {
            return kind == Kind.MARK && marks.contains(text);
        }

        boolean isWord() {
            return kind == Kind.WORD;
        }

        boolean isWord(String words) {
            return kind == Kind.WORD && (" " + words + " ").contains(" " + text.toLowerCase(Locale.ROOT) + " ");
        }

        boolean isLiteral() {
            return kind != Kind.WORD && kind != Kind.MARK;
        }
    }

    static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher found = TOKEN.matcher(text);
        while (found.find()) {
            tokens.add(token(found));
        }
        return tokens;
    }

    /** What a text is by its looks alone. */
    static Kind shape(String text) {
        List<Token> tokens = tokens(text.strip());
        if (tokens.size() == 1
                && tokens.getFirst().text().length() == text.strip().length()) {
            return tokens.getFirst().kind();
        }
        return Kind.WHOLE;
    }

    private static Token token(Matcher found) {
        String text = found.group();
        int start = found.start();
        if (found.group("quoted") != null) {
            return new Token(Kind.QUOTED, text.substring(1, text.length() - 1), "", start);
        }
        if (found.group("pair") != null) {
            String value = text.substring(text.indexOf('=') + 1);
            boolean quoted = value.startsWith("\"") || value.startsWith("'");
            String bare = quoted ? value.substring(1, value.length() - 1) : value;
            Kind kind = quoted ? Kind.QUOTED : shape(bare);
            return new Token(
                    kind == Kind.WORD || kind == Kind.WHOLE ? Kind.IDENT : kind,
                    bare,
                    text.substring(0, text.indexOf('=')),
                    start);
        }
        for (Kind kind :
                List.of(Kind.URL, Kind.EMAIL, Kind.DATE, Kind.TIME, Kind.PATH, Kind.NUMBER, Kind.IDENT, Kind.MARK)) {
            if (found.group(kind.name().toLowerCase(Locale.ROOT)) != null) {
                return new Token(kind, text, "", start);
            }
        }
        Integer number = NUMBERS.get(text.toLowerCase(Locale.ROOT));
        return number == null
                ? new Token(Kind.WORD, text, "", start)
                : new Token(Kind.NUMBER, number.toString(), "", start);
    }
}
