package dev.lmbridge.sim.chat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.List;

/** Spoils the calls of tools in an answer as real models do. */
public final class Malformed {
    private Malformed() {}

    /**
     * The script with its calls spoilt; a script without calls stays as it is.
     *
     * @param wording {@code text}: the calls stay in the content; {@code arguments}: their JSON is broken; {@code name}: they
     *     call tools that nobody offered
     * @throws IllegalArgumentException for another wording
     */
    public static Script apply(Script script, String wording) {
        if (script.tokens().stream().noneMatch(token -> token instanceof Token.CallOpening)) {
            return script;
        }
        List<Token> tokens = switch (wording) {
            case "text" -> asText(script.tokens());
            case "arguments" -> brokenArguments(script.tokens());
            case "name" -> otherNames(script.tokens());
            default ->
                throw new IllegalArgumentException(
                        "A malformed call is worded text, arguments or name, not " + wording + ".");
        };
        boolean stays = wording.equals("text") && script.stopReason().equals("toolCalls");
        return new Script(script.promptTokens(), tokens, stays ? "eosFound" : script.stopReason(), script.refusal());
    }

    private static List<Token> asText(List<Token> all) {
        List<Token> tokens = new ArrayList<>();
        boolean open = false;
        for (Token token : all) {
            if (token instanceof Token.CallOpening opening) {
                close(open, tokens);
                open = true;
                String start = "[TOOL_REQUEST]{\"name\":" + TextNode.valueOf(opening.tool()) + ",\"arguments\":";
                Tokens.split(start).forEach(piece -> tokens.add(new Token.Content(piece)));
            } else if (token instanceof Token.CallArguments arguments) {
                tokens.add(new Token.Content(arguments.text()));
            } else {
                tokens.add(token);
            }
        }
        close(open, tokens);
        return tokens;
    }

    private static void close(boolean open, List<Token> tokens) {
        if (open) {
            Tokens.split("}[END_TOOL_REQUEST]").forEach(piece -> tokens.add(new Token.Content(piece)));
        }
    }

    /** The last brace is missing and a stray quote stands in its place: no parser takes it. */
    private static List<Token> brokenArguments(List<Token> all) {
        List<Token> tokens = new ArrayList<>(all);
        for (int i = 0; i < tokens.size(); i++) {
            boolean last = i + 1 == tokens.size() || !(tokens.get(i + 1) instanceof Token.CallArguments);
            if (last && tokens.get(i) instanceof Token.CallArguments(int index, String text)) {
                tokens.set(i, new Token.CallArguments(index, text.substring(0, text.length() - 1) + ",\""));
            }
        }
        return tokens;
    }

    private static List<Token> otherNames(List<Token> all) {
        return all.stream()
                .map(token -> token instanceof Token.CallOpening(int index, String id, String tool)
                        ? new Token.CallOpening(index, id, tool + "_unknown")
                        : token)
                .toList();
    }
}
