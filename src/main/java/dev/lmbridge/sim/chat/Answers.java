package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.chat.schema.SchemaDocument;
import dev.lmbridge.sim.chat.tools.Planner;
import dev.lmbridge.sim.chat.tools.Planner.PlannedCall;
import dev.lmbridge.sim.chat.tools.Summary;
import dev.lmbridge.sim.chat.tools.TextHints;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes the script of an answer: calls of tools, a document that follows a schema, or the text of the rules; in tokens, within
 * the limits of the request and of the context.
 */
public final class Answers {
    private static final Pattern SAID = Pattern.compile("^\\s*say\\s*:.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final long FIRST_ID = 100_000_000;
    private static final long IDS = 900_000_000;

    private Answers() {}

    public static Script to(ChatRequest request, Instance instance) {
        return plan(request, instance).withInput(request::asLogged);
    }

    private static Script plan(ChatRequest request, Instance instance) {
        int prompt = request.promptTokens();
        int room = instance.contextLength() - prompt;
        if (room <= 0) {
            return Script.refused(prompt, Refusal.contextOverflow(prompt, instance.contextLength()));
        }
        boolean told = request.toolChoice() == ChatRequest.ToolChoice.AUTO
                && SAID.matcher(request.lastUserText()).matches();
        List<PlannedCall> calls = told ? List.of() : Planner.next(request);
        List<Token> tokens = new ArrayList<>();
        if (instance.model().reasoning()
                && !Boolean.FALSE.equals(request.limits().thinking())) {
            Tokens.split(Thoughts.about(request, calls)).forEach(piece -> tokens.add(new Token.Reasoning(piece)));
        }
        String reason = "eosFound";
        if (calls.isEmpty()) {
            String text = content(request, instance);
            String shown = cutAtStop(text, request.limits().stop());
            reason = shown.length() == text.length() ? reason : "stopStringFound";
            Tokens.split(shown).forEach(piece -> tokens.add(new Token.Content(piece)));
        } else {
            add(calls, request, tokens);
            reason = "toolCalls";
        }
        return limited(request, prompt, room, tokens, reason);
    }

    private static Script limited(ChatRequest request, int prompt, int room, List<Token> tokens, String reason) {
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

    private static String content(ChatRequest request, Instance instance) {
        if (request.schema() != null) {
            Long seed = request.limits().seed();
            String material = Summary.material(request.messages());
            return new SchemaDocument(request.schema(), TextHints.of(material))
                    .of("", request.schema(), seed == null ? 0 : seed)
                    .toString();
        }
        return Summary.of(request).orElseGet(() -> ChatRules.answer(request, instance));
    }

    private static void add(List<PlannedCall> calls, ChatRequest request, List<Token> tokens) {
        Set<String> taken = new HashSet<>();
        for (ChatRequest.Message message : request.messages()) {
            message.calls().forEach(call -> taken.add(call.id()));
        }
        long id = Math.floorMod(request.lastUserText().hashCode() * 31L + taken.size() * 7_919L, IDS);
        for (int i = 0; i < calls.size(); i++) {
            while (!taken.add(Long.toString(FIRST_ID + id))) {
                id = (id + 1) % IDS;
            }
            tokens.add(new Token.CallOpening(
                    i, Long.toString(FIRST_ID + id), calls.get(i).tool()));
            for (String piece : Tokens.split(calls.get(i).arguments().toString())) {
                tokens.add(new Token.CallArguments(i, piece));
            }
        }
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
