package dev.lmbridge.sim.chat.schema;

/**
 * Writes a text that a regular expression matches. It knows literals, escapes, {@code \d \w \s}, the dot, classes with ranges,
 * groups, alternatives and quantifiers; look-around, back-references and nested class operators it does not, and
 * then what it writes does not match.
 */
final class PatternSample {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final int MOST = 2_000;
    private final String pattern;
    private final int more;
    private long seed;
    private int at;

    private PatternSample(String pattern, int more, long seed) {
        this.pattern = pattern;
        this.more = more;
        this.seed = seed;
    }

    /**
     * @param more how often above its least a quantifier repeats, as far as it may: gives longer texts
     */
    static String of(String pattern, int more, long seed) {
        return new PatternSample(pattern, more, seed).alternatives();
    }

    private String alternatives() {
        String result = sequence();
        while (at < pattern.length() && pattern.charAt(at) == '|') {
            at++;
            String other = sequence();
            result = next(2) == 0 ? result : other;
        }
        return result;
    }

    private String sequence() {
        StringBuilder text = new StringBuilder();
        while (at < pattern.length() && "|)".indexOf(pattern.charAt(at)) < 0) {
            int from = at;
            long before = seed;
            String one = atom();
            int afterAtom = at;
            int times = times();
            int end = at;
            for (int i = 0; i < times && text.length() < MOST; i++) {
                at = from;
                seed = i == 0 ? before : seed;
                text.append(i == 0 && times == 1 ? one : again(from, afterAtom));
            }
            at = end;
        }
        return text.toString();
    }

    private String again(int from, int to) {
        at = from;
        String one = atom();
        at = to;
        return one;
    }

    private String atom() {
        char c = pattern.charAt(at++);
        return switch (c) {
            case '^', '$' -> "";
            case '.' -> letter(LETTERS);
            case '\\' -> at < pattern.length() ? escaped(pattern.charAt(at++)) : "";
            case '[' -> letter(members());
            case '(' -> group();
            default -> String.valueOf(c);
        };
    }

    private String group() {
        if (pattern.startsWith("?:", at)) {
            at += 2;
        } else if (pattern.startsWith("?<", at)) {
            at = Math.max(at, pattern.indexOf('>', at) + 1);
        }
        String inner = alternatives();
        at++;
        return inner;
    }

    private String escaped(char c) {
        return switch (c) {
            case 'd' -> letter("0123456789");
            case 'w', 'S', 'D' -> letter(LETTERS);
            case 's', 'W' -> " ";
            case 't' -> "\t";
            case 'n' -> "\n";
            case 'b', 'B', 'A', 'z', 'Z' -> "";
            default -> String.valueOf(c);
        };
    }

    private String members() {
        boolean not = at < pattern.length() && pattern.charAt(at) == '^';
        at += not ? 1 : 0;
        StringBuilder members = new StringBuilder();
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            char c = pattern.charAt(at++);
            if (c == '\\' && at < pattern.length()) {
                char kind = pattern.charAt(at++);
                members.append(
                        switch (kind) {
                            case 'd' -> "0123456789";
                            case 'w' -> LETTERS + "0123456789_";
                            case 's' -> " ";
                            default -> String.valueOf(kind);
                        });
            } else if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                char last = pattern.charAt(at + 1);
                at += 2;
                for (char each = c; each <= last && members.length() < 200; each++) {
                    members.append(each);
                }
            } else {
                members.append(c);
            }
        }
        at++;
        if (!not) {
            return members.isEmpty() ? "a" : members.toString();
        }
        StringBuilder others = new StringBuilder();
        for (char each : (LETTERS + "0123456789 -_").toCharArray()) {
            if (members.indexOf(String.valueOf(each)) < 0) {
                others.append(each);
            }
        }
        return others.isEmpty() ? "~" : others.toString();
    }

    private int times() {
        if (at >= pattern.length()) {
            return 1;
        }
        int least = 1;
        int most = 1;
        char c = pattern.charAt(at);
        if (c == '*' || c == '+' || c == '?') {
            at++;
            least = c == '+' ? 1 : 0;
            most = c == '?' ? 1 : MOST;
        } else if (c == '{') {
            int end = pattern.indexOf('}', at);
            String[] bounds = end < 0
                    ? new String[] {"1"}
                    : pattern.substring(at + 1, end).split(",", -1);
            least = number(bounds[0], 0);
            most = bounds.length == 1 ? least : number(bounds[1], MOST);
            at = end < 0 ? pattern.length() : end + 1;
        } else {
            return 1;
        }
        if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == '+')) {
            at++;
        }
        return Math.min(Math.min(most, least + more), MOST);
    }

    private static int number(String digits, int otherwise) {
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : otherwise;
    }

    private String letter(String from) {
        return String.valueOf(from.charAt(next(from.length())));
    }

    private int next(int bound) {
        seed = seed * 6364136223846793005L + 1442695040888963407L;
        return (int) Math.floorMod(seed >>> 33, (long) bound);
    }
}
