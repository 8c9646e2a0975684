package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.chat.Malformed;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.machine.Token;
import dev.lmbridge.sim.machine.WorkRequest;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all routes that let a model work have in common: the faults that can hit them, the call log, and the way to the machine. */
final class Inferences {
    private final SimMachine machine;
    private final CallLog log;

    /**
     * One inference as a route asks for it.
     *
     * @param route as the call log counts it
     * @param model the name in the request, or null for the model that is loaded
     * @param ttl idle time-to-live if this request causes the load, or null for the machine's own
     * @param contextLength tokens of context if this request causes the load, or null for the default
     */
    record Asked(
            String route,
            @Nullable String model,
            @Nullable Duration ttl,
            @Nullable Integer contextLength,
            boolean stream) {
        Asked(String route, @Nullable String model, @Nullable Duration ttl, boolean stream) {
            this(route, model, ttl, null, stream);
        }
    }

    Inferences(SimMachine machine, CallLog log) {
        this.machine = machine;
        this.log = log;
    }

    /** Lets a language model answer. */
    void answer(HttpServerRequest request, Asked asked, AnswerFormat format, Function<Instance, Script> script) {
        if (broken(request, asked.model(), ModelType.LLM)) {
            return;
        }
        begin(asked);
        TakenFaults faults = take(asked, ModelType.LLM);
        AnswerWriter.Options options = new AnswerWriter.Options(asked.stream(), faults);
        AnswerWriter writer = new AnswerWriter(request, format, options, machine.agenda()::now, log::inferenceEnded);
        WorkRequest wanted = new WorkRequest(
                asked.model(),
                ModelType.LLM,
                asked.ttl(),
                asked.contextLength(),
                instance -> spoiled(script.apply(instance), instance, faults));
        writer.follow(machine.work(wanted, writer));
    }

    /** Computes the vectors of the inputs. */
    void embed(HttpServerRequest request, Asked asked, EmbeddingWriter.Wanted wanted) {
        if (broken(request, asked.model(), ModelType.EMBEDDING)) {
            return;
        }
        begin(asked);
        TakenFaults faults = take(asked, ModelType.EMBEDDING);
        EmbeddingWriter writer = new EmbeddingWriter(request, wanted, faults, log::inferenceEnded);
        WorkRequest work = new WorkRequest(
                asked.model(),
                ModelType.EMBEDDING,
                asked.ttl(),
                instance -> new Script(wanted.tokens(), List.of(), "eosFound", null));
        writer.follow(machine.work(work, writer));
    }

    /** The faults that come before any inference: the connection is gone, or the server answers 500. */
    private boolean broken(HttpServerRequest request, @Nullable String model, ModelType type) {
        String subject = subject(model, type);
        if (machine.faults().take(FaultKind.HTTP_RESET, subject).isPresent()) {
            Resets.reset(request.connection());
            return true;
        }
        Optional<Fault> fault = machine.faults().take(FaultKind.HTTP_500, subject);
        fault.ifPresent(told -> {
            String text = told.text();
            Replies.errorText(request.response(), 500, text == null ? "Internal Server Error" : text);
        });
        return fault.isPresent();
    }

    private TakenFaults take(Asked asked, ModelType type) {
        if (machine.faults().active().isEmpty()) {
            return TakenFaults.NONE;
        }
        List<String> keys = machine.catalogue().models().stream()
                .sorted(Comparator.comparing(model -> model.type() != type))
                .map(CatalogueModel::modelKey)
                .toList();
        return TakenFaults.take(machine.faults(), subject(asked.model(), type), asked.stream(), keys);
    }

    /** What the faults make of an answer. A malformed call is taken only where there is a call. */
    Script spoiled(Script script, Instance instance, TakenFaults faults) {
        if (script.refusal() != null) {
            return script;
        }
        if (faults.empty()) {
            return new Script(script.promptTokens(), List.of(), "eosFound", null);
        }
        boolean calls = script.tokens().stream().anyMatch(Token.CallOpening.class::isInstance);
        return calls
                ? machine.faults()
                        .take(FaultKind.TOOL_MALFORMED, instance.model().modelKey())
                        .map(fault -> Malformed.apply(script, fault.wording()))
                        .orElse(script)
                : script;
    }

    private void begin(Asked asked) {
        String model = asked.model();
        boolean there = model == null
                ? !machine.loaded().isEmpty()
                : machine.serving(model).isPresent();
        log.inference(asked.route(), model, there);
    }

    /** The modelKey that the request is about, whether it names an instance, a variant, the key, or nothing. */
    private @Nullable String subject(@Nullable String model, ModelType type) {
        if (model == null || model.isEmpty()) {
            List<Instance> able = machine.loaded().stream()
                    .filter(instance -> instance.model().type() == type)
                    .toList();
            return able.size() == 1 ? able.getFirst().model().modelKey() : null;
        }
        return machine.serving(model)
                .map(Instance::model)
                .or(() -> machine.catalogue().byKeyOrVariant(model))
                .map(CatalogueModel::modelKey)
                .orElse(model);
    }
}
