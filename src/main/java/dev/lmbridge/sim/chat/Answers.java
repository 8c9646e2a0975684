package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.List;

/** Makes the script of an answer: the text of the rules in tokens, within the limits of the request and of the context. */
public final class Answers {
    private Answers() {}

    public static Script to(ChatRequest request, Instance instance) {
        int prompt = request.promptTokens();
        int room = instance.contextLength() - prompt;
        if (room <= 0) {
            return Script.refused(prompt, Refusal.contextOverflow(prompt, instance.contextLength()));
        }
        String text = ChatRules.answer(request, instance);
        String shown = cutAtStop(text, request.limits().stop());
        String reason = shown.length() == text.length() ? "eosFound" : "stopStringFound";
        List<Token> tokens = new ArrayList<>();
        if (instance.model().reasoning()) {
            Tokens.split(ChatRules.reasoning(request)).forEach(piece -> tokens.add(new Token.Reasoning(piece)));
        }
        Tokens.split(shown).forEach(piece -> tokens.add(new Token.Content(piece)));
        Integer limit = request.limits().maxTokens();
        int asked = limit == null || limit < 0 ? Integer.MAX_VALUE : limit;
        boolean limited = asked < room;
        int most = Math.min(asked, room);
        if (tokens.size() > most) {
            return new Script(
                    prompt,
                    tokens.subList(0, most),
                    limited ? "maxPredictedTokensReached" : "contextLengthReached",
                    null);
        }
        return new Script(prompt, tokens, reason, null);
    }

    private static String cutAtStop(String text, List<String> stops) {
        int end = text.length();
        for (String stop : stops) {
            int at = stop.isEmpty() ? -1 : text.indexOf(stop);
            if (at >= 0 && at < end) {
                end = at;
            }
        }
        return text.substring(0, end);
    }
}
