package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which tools to call next. It keeps no state: each time it goes through the steps of the task again, takes what
 * the conversation says about each, and stops at the first that is still to be done.
 */
public final class Planner {
    private static final int MOST_CALLS = 24;
    private static final int MOST_CORRECTIONS = 3;
    private static final int DEEPEST = 3;

    /** What a model does itself once it has read the thing. */
    private static final Set<String> TOLD = Set.of("count", "summarize", "compare", "check", "add");

    private static final Set<String> WORKED_OUT = Set.of("count", "add", "multiply");

    private final History history;
    private final List<Offer> offers;
    private final List<Step> steps;
    private final Step whole;
    private final Facts facts;
    private final Set<Offer> worked = new HashSet<>();
    private final Set<Offer> broken = new HashSet<>();
    private final List<PlannedCall> pending = new ArrayList<>();
    private final List<Offer> pendingTools = new ArrayList<>();
    private @Nullable Offer latest;
    private final Map<Offer, Map<Step, Arguments>> plain = new HashMap<>();
    private int known;
    private final boolean required;
    private boolean failed;

    private Planner(ChatRequest request) {
        required = request.toolChoice() == ToolChoice.REQUIRED;
        history = new History(request.messages());
        offers = Offer.of(request.tools());
        String task = Idioms.plain(history.task());
        boolean copies = offers.stream().anyMatch(offer -> offer.actions().contains("copy"));
        steps = Steps.of(task).stream()
                .flatMap(step -> copies || step.actions().stream().limit(1).noneMatch("copy"::equals)
                        ? Stream.of(step)
                        : Stream.of(Steps.copying(step)))
                .collect(Collectors.toCollection(ArrayList::new));
        whole = new Step(Lexer.tokens(task));
        facts = new Facts(whole);
    }

    /** A call to make; {@code arguments} follow the schema of the tool. */
    public record PlannedCall(String tool, ObjectNode arguments) {}

    private enum Progress {
        DONE,
        WAITING,
        FAILED
    }

    /** The calls to make now; none when all is done, when nothing fits, or when the request forbids them. */
    public static List<PlannedCall> next(ChatRequest request) {
        if (request.tools().isEmpty() || request.toolChoice() == ToolChoice.NONE) {
            return List.of();
        }
        return new Planner(request).calls();
    }

    private List<PlannedCall> calls() {
        if (history.calls().size() < MOST_CALLS) {
            walk();
        }
        if (pending.isEmpty() && required) {
            anyCall();
        }
        return pending.stream()
                .limit(Math.max(1, MOST_CALLS - history.calls().size()))
                .toList();
    }

    private void walk() {
        List<Offer> chosen = new ArrayList<>();
        Set<Offer> sofar = new HashSet<>();
        List<Value> spare = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Offer offer = best(step, sofar, Set.of());
            if (offer == null
                    && step.values().stream().anyMatch(Planner::isObject)
                    && step.actions().stream().anyMatch(TOLD::contains)) {
                steps.set(i, step.asReading());
                offer = best(steps.get(i), sofar, Set.of());
            }
            Offer before = chosen.isEmpty() ? null : chosen.getLast();
            if (before != null && !before.isHarmless() && belongs(step, offer, before)) {
                List<Lexer.Token> both = new ArrayList<>(steps.get(i - 1).tokens());
                both.addAll(step.tokens());
                steps.set(i - 1, new Step(both));
                steps.remove(i);
                i--;
                continue;
            }
            chosen.add(offer);
            if (offer == null) {
                spare.addAll(step.values());
            } else {
                sofar.add(offer);
            }
        }
        for (int i = 0; i < steps.size() && !failed; i++) {
            Offer offer = chosen.get(i);
            if (offer == null) {
                workOut(steps.get(i));
            }
            if (offer != null
                    && perform(steps.get(i), offer, spare, 0) == Progress.WAITING
                    && !mayGoOn(steps, chosen, i)) {
                return;
            }
        }
    }

    /** It only tells more about the call of the step before. */
    private static boolean belongs(Step step, @Nullable Offer offer, Offer before) {
        boolean noOther =
                offer == null && !step.isReport() && step.meanings().stream().anyMatch(before::knows);
        return noOther
                || (offer == before
                        && step.says("it its")
                        && step.values().stream().noneMatch(Planner::isObject));
    }

    private static boolean isObject(Value value) {
        return value.kind() != Kind.WORD && value.kind() != Kind.PHRASE;
    }

    private static boolean isOwnWork(Step step, Offer offer) {
        return step.says("together altogether")
                || step.actions().stream()
                        .anyMatch(action ->
                                WORKED_OUT.contains(action) && !offer.actions().contains(action));
    }

    private void workOut(Step step) {
        facts.latest()
                .flatMap(result -> Figure.count(step, result))
                .or(() -> Figure.calculation(step, facts.numbers()))
                .ifPresent(facts::add);
    }

    /** What the model worked out without a tool, for the last answer. */
    static List<String> figures(ChatRequest request) {
        Planner planner = new Planner(request);
        planner.walk();
        return planner.facts.figures();
    }

    /** The next step may be called in the same answer if it neither needs a result nor changes anything. */
    private boolean mayGoOn(List<Step> all, List<Offer> chosen, int at) {
        if (at + 1 >= all.size()
                || chosen.get(at + 1) == null
                || all.get(at + 1).refersBack()) {
            return false;
        }
        pendingTools.add(chosen.get(at + 1));
        boolean harmless = pendingTools.stream().allMatch(offer -> offer.isHarmless());
        Arguments arguments = Arguments.of(chosen.get(at + 1), all.get(at + 1), List.of(), facts);
        boolean alike = chosen.get(at + 1) == chosen.get(at) || arguments.isCertain();
        return harmless && alike && !pending.isEmpty() && arguments.missing().isEmpty() && !arguments.usesResults();
    }

    private @Nullable Offer best(Step step, Set<Offer> before, Set<Offer> without) {
        boolean question = step.says("what how which who when where why");
        double usual = step.actions().isEmpty() && !question && !step.isReport() ? Offer.FITS + 1.5 : Offer.FITS;
        return offers.stream()
                .filter(offer -> !without.contains(offer))
                .filter(offer -> offer.isHarmless()
                        || offer.verbs(step) > 0
                        || !(question || step.isReport() || step.says("there")))
                .filter(offer -> !step.isReport() || !before.contains(offer))
                .filter(offer -> rated(offer, step, before) >= (isServed(offer, step) ? Offer.FITS_SERVED : usual))
                .max(Comparator.comparingDouble(offer -> rated(offer, step, before)))
                .orElse(null);
    }

    /** The step itself fills all that the tool needs, and shares a word with it. */
    private boolean isServed(Offer offer, Step step) {
        Arguments arguments = plain(offer, step);
        return offer.verbs(step) > 0
                && arguments.missing().isEmpty()
                && !arguments.used().isEmpty()
                && !arguments.usesResults()
                && step.meanings().stream().anyMatch(offer::knows);
    }

    /** What a step alone would fill; asked for often, and the same until the next result. */
    private Arguments plain(Offer offer, Step step) {
        if (known != facts.results()) {
            known = facts.results();
            plain.clear();
        }
        return plain.computeIfAbsent(offer, key -> new HashMap<>())
                .computeIfAbsent(step, key -> Arguments.of(offer, step, List.of(), facts));
    }

    private double rated(Offer offer, Step step, Set<Offer> before) {
        int missing = plain(offer, step).missing().stream()
                .filter(Field::needsValue)
                .toList()
                .size();
        return offer.score(step) - (before.isEmpty() ? 0.9 : 0.15) * missing;
    }

    private Progress perform(Step step, Offer offer, List<Value> spare, int depth) {
        pendingTools.add(offer);
        Arguments arguments = Arguments.of(offer, step, spare, facts);
        if (!arguments.missing().isEmpty() && depth < DEEPEST) {
            Offer source = source(step, offer, arguments);
            if (source != null) {
                Progress progress = perform(step, source, spare, depth + 1);
                if (progress != Progress.DONE) {
                    return progress;
                }
                arguments = Arguments.of(offer, step, spare, facts);
            }
        }
        if (!required && arguments.missing().stream().anyMatch(Field::needsValue)) {
            if (offer.isHarmless()) {
                spare.addAll(step.values());
                return Progress.DONE;
            }
            failed = true;
            return Progress.FAILED;
        }
        boolean same = offer == latest && step.values().isEmpty() && !step.says("each every all both again");
        if (same && depth == 0) {
            workOut(step);
            return Progress.DONE;
        }
        latest = offer;
        Progress all = Progress.DONE;
        for (ObjectNode each : arguments.all()) {
            Progress one = attempt(step, offer, each, depth);
            all = one == Progress.DONE ? all : one;
        }
        worked.add(offer);
        if (all == Progress.DONE && depth == 0 && isOwnWork(step, offer)) {
            workOut(step);
        }
        return all;
    }

    /** A tool that may give what a required field still lacks. */
    private @Nullable Offer source(Step step, Offer wanting, Arguments arguments) {
        boolean left =
                step.values().stream().anyMatch(value -> !arguments.used().contains(value));
        boolean wants = !step.values().isEmpty() && arguments.missing().stream().anyMatch(Field::needsValue);
        if (!left && !wants && facts.isEmpty()) {
            return null;
        }
        return offers.stream()
                .filter(offer -> offer != wanting && !worked.contains(offer))
                .filter(offer -> offer.isHarmless() && !offer.actions().isEmpty())
                .filter(offer ->
                        offer.things(step) >= 0.5 || step.actions().stream().anyMatch(offer.actions()::contains))
                .filter(offer -> plain(offer, step).missing().isEmpty())
                .max(Comparator.comparingDouble(offer -> offer.score(step)))
                .orElse(null);
    }

    private Progress attempt(Step step, Offer offer, ObjectNode first, int depth) {
        ObjectNode arguments = first;
        String tool = offer.tool().name();
        for (int i = 0; i <= MOST_CORRECTIONS; i++) {
            boolean again = i > 0;
            History.Call made = history.take(tool, arguments);
            if (made == null) {
                if (!again && history.has(tool, arguments)) {
                    return Progress.DONE;
                }
                PlannedCall call = new PlannedCall(tool, arguments);
                if (!pending.contains(call)) {
                    pending.add(call);
                }
                return Progress.WAITING;
            }
            if (!made.outcome().failed()) {
                facts.add(offer, made.arguments(), made.outcome());
                return Progress.DONE;
            }
            ObjectNode better = Correction.of(offer, made.arguments(), made.outcome(), whole, facts);
            if (better == null) {
                break;
            }
            arguments = better;
        }
        broken.add(offer);
        Offer other = depth >= DEEPEST ? null : best(step, Set.of(), broken);
        if (other == null || other.actions().stream().noneMatch(step.actions()::contains)) {
            failed = true;
            return Progress.FAILED;
        }
        return perform(step, other, new ArrayList<>(), depth + 1);
    }

    /** The request demands a call: the tool that fits best, rather one that was not called yet. */
    private void anyCall() {
        List<PlannedCall> possible = offers.stream()
                .sorted(Comparator.comparingDouble((Offer offer) -> -offer.score(whole)))
                .map(offer -> new PlannedCall(
                        offer.tool().name(),
                        Arguments.of(offer, whole, List.of(), facts).all().getFirst()))
                .toList();
        pending.add(possible.stream()
                .filter(call -> !history.has(call.tool(), call.arguments()))
                .findFirst()
                .orElse(possible.getFirst()));
    }
}
