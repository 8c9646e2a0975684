package dev.lmbridge.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Steps through a JSON document byte by byte, and gives up on whatever is not plain. What it steps over is valid JSON in valid
 * UTF-8; what it gives up on may be valid, too: that is for a real parser to say. So it needs to know no errors, and is several
 * times faster.
 */
final class PlainJson {
    /** What is nested deeper, longer or more manifold than this is not plain. */
    private static final int DEEPEST = 64;

    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_NAME = 500;
    private static final int MOST_MEMBERS = 64;

    private static final byte[] TRUE = bytes("true");
    private static final byte[] FALSE = bytes("false");
    private static final byte[] NULL = bytes("null");

    /** Thrown where a document is not plain. It carries nothing, not even where. */
    static final class NotPlain extends Exception {
        private static final long serialVersionUID = 1;

        NotPlain() {
            super(null, null, false, false);
        }
    }

    private final byte[] in;
    private int at;

    /** Begin and end of the names that the document's top level has had so far. */
    private int[] names = new int[16];

    private int count;
    private int nameEnd;

    PlainJson(byte[] in) {
        this.in = in;
    }

    static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where the next byte is that was not stepped over. */
    int at() {
        return at;
    }

    /** The next byte that is not blank, not stepped over. */
    byte peek() throws NotPlain {
        while (at < in.length) {
            byte next = in[at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next;
            }
            at++;
        }
        throw new NotPlain();
    }

    /** Steps over blanks and then this byte. */
    void step(char wanted) throws NotPlain {
        if (peek() != wanted) {
            throw new NotPlain();
        }
        at++;
    }

    /**
     * Steps over what stands between two members of an object or two elements of an array, or over its end.
     *
     * @return whether another one follows
     */
    boolean more(char close) throws NotPlain {
        byte next = peek();
        at++;
        if (next == ',') {
            return true;
        }
        if (next != close) {
            throw new NotPlain();
        }
        return false;
    }

    /** Steps over the end of an array or object if that is what comes next. */
    boolean isEmpty(char close) throws NotPlain {
        if (peek() == close) {
            at++;
            return true;
        }
        return false;
    }

    void end() throws NotPlain {
        for (; at < in.length; at++) {
            byte next = in[at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                throw new NotPlain();
            }
        }
    }

    /** Steps over a string that has no escapes; afterwards {@link #at} stands behind its closing quote. */
    void plainString() throws NotPlain {
        step('"');
        if (rest()) {
            throw new NotPlain();
        }
    }

    /** Steps over a name and its colon, and gives where the name begins. {@link #nameEnd} is where it ends. */
    int name() throws NotPlain {
        step('"');
        int begin = at;
        if (rest() || at - begin > LONGEST_NAME) {
            throw new NotPlain();
        }
        nameEnd = at - 1;
        step(':');
        return begin;
    }

    int nameEnd() {
        return nameEnd;
    }

    /** Notes a name of the top level; one that was there is not plain. */
    void unlikeOthers(int begin, int end) throws NotPlain {
        for (int each = 0; each < count; each += 2) {
            if (names[each + 1] - names[each] == end - begin
                    && Arrays.equals(in, names[each], names[each + 1], in, begin, end)) {
                throw new NotPlain();
            }
        }
        if (count >= 2 * MOST_MEMBERS) {
            throw new NotPlain();
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, 2 * count);
        }
        names[count++] = begin;
        names[count++] = end;
    }

    boolean is(int begin, int end, byte[] wanted) {
        return end - begin == wanted.length && Arrays.equals(in, begin, end, wanted, 0, wanted.length);
    }

    String text(int begin, int end) {
        return new String(in, begin, end - begin, StandardCharsets.UTF_8);
    }

    boolean flag() throws NotPlain {
        boolean yes = peek() == 't';
        literal(yes ? TRUE : in[at] == 'f' ? FALSE : NULL);
        return yes;
    }

    void nothing() throws NotPlain {
        peek();
        literal(NULL);
    }

    /** Steps over a value, whatever it is. */
    void value() throws NotPlain {
        value(1, List.of());
    }

    /** The same for one in which no object may have a member of one of these names. */
    void valueWithout(List<byte[]> unwanted) throws NotPlain {
        value(1, unwanted);
    }

    private void value(int depth, List<byte[]> unwanted) throws NotPlain {
        switch (peek()) {
            case '"' -> {
                at++;
                rest();
            }
            case '{' -> object(depth, unwanted);
            case '[' -> array(depth, unwanted);
            case 't' -> literal(TRUE);
            case 'f' -> literal(FALSE);
            case 'n' -> literal(NULL);
            default -> number();
        }
    }

    private void object(int depth, List<byte[]> unwanted) throws NotPlain {
        if (depth > DEEPEST) {
            throw new NotPlain();
        }
        at++;
        boolean more = !isEmpty('}');
        while (more) {
            int begin = name();
            for (int each = 0; each < unwanted.size(); each++) {
                if (is(begin, nameEnd, unwanted.get(each))) {
                    throw new NotPlain();
                }
            }
            value(depth + 1, unwanted);
            more = more('}');
        }
    }

    private void array(int depth, List<byte[]> unwanted) throws NotPlain {
        if (depth > DEEPEST) {
            throw new NotPlain();
        }
        at++;
        boolean more = !isEmpty(']');
        while (more) {
            value(depth + 1, unwanted);
            more = more(']');
        }
    }

    private void literal(byte[] wanted) throws NotPlain {
        int end = at + wanted.length;
        if (end > in.length || !Arrays.equals(in, at, end, wanted, 0, wanted.length)) {
            throw new NotPlain();
        }
        at = end;
    }

    /** Steps over a number and says whether it is a whole one. */
    boolean number() throws NotPlain {
        int begin = at;
        boolean whole = true;
        if (next() == '-') {
            at++;
        }
        if (next() == '0') {
            at++;
        } else {
            digits();
        }
        if (next() == '.') {
            at++;
            digits();
            whole = false;
        }
        if (next() == 'e' || next() == 'E') {
            at++;
            if (next() == '+' || next() == '-') {
                at++;
            }
            digits();
            whole = false;
        }
        if (at - begin > LONGEST_NUMBER) {
            throw new NotPlain();
        }
        return whole;
    }

    private void digits() throws NotPlain {
        int begin = at;
        while (next() >= '0' && next() <= '9') {
            at++;
        }
        if (at == begin) {
            throw new NotPlain();
        }
    }

    /** The next byte, 0 at the end. */
    private byte next() {
        return at < in.length ? in[at] : 0;
    }

    /** Steps over the rest of a string and its closing quote, and says whether it has escapes. */
    private boolean rest() throws NotPlain {
        boolean escapes = false;
        while (at < in.length) {
            at = pastLetters(at);
            if (at == in.length) {
                break;
            }
            byte next = in[at++];
            if (next == '"') {
                return escapes;
            }
            if (next == '\\') {
                escapes = true;
                escape();
            } else if (next < 0) {
                beyondAscii(next & 0xff);
            } else if (next < ' ') {
                throw new NotPlain();
            }
        }
        throw new NotPlain();
    }

    /** Where the next byte is that is more than a letter in a string; most are not. */
    private int pastLetters(int from) {
        byte[] bytes = in;
        int to = from;
        while (to < bytes.length && bytes[to] >= ' ' && bytes[to] != '"' && bytes[to] != '\\') {
            to++;
        }
        return to;
    }

    private void escape() throws NotPlain {
        switch (next()) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
            case 'u' -> {
                at++;
                for (int digit = 0; digit < 4; digit++, at++) {
                    if (Character.digit(next(), 16) < 0) {
                        throw new NotPlain();
                    }
                }
            }
            default -> throw new NotPlain();
        }
    }

    /** The rest of a character of several bytes: nothing overlong, no surrogates, nothing beyond U+10FFFF. */
    private void beyondAscii(int first) throws NotPlain {
        if (first >= 0xc2 && first <= 0xdf) {
            continues(0x80, 0xbf);
        } else if (first >= 0xe0 && first <= 0xef) {
            continues(first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
            continues(0x80, 0xbf);
        } else if (first >= 0xf0 && first <= 0xf4) {
            continues(first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
            continues(0x80, 0xbf);
            continues(0x80, 0xbf);
        } else {
            throw new NotPlain();
        }
    }

    private void continues(int lowest, int highest) throws NotPlain {
        int next = next() & 0xff;
        if (next < lowest || next > highest) {
            throw new NotPlain();
        }
        at++;
    }
}
