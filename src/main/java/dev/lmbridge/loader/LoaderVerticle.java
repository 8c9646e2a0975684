package dev.lmbridge.loader;

import dev.lmbridge.host.Holds;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.host.HostCore;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.HostState;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.wire.Addresses;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;

/** The only writer of one host's state: hands events to its core, and carries out what the core wants. */
public final class LoaderVerticle extends VerticleBase {
    private static final Duration AFTER_A_BUG = Duration.ofSeconds(1);

    private final HostHandle host;
    private final HostCore core;
    private final Sightings sightings;
    private final LmsCalls lms;
    private final HostReport report;
    private final Narrator narrator;
    private final InstantSource clock;
    private final Holds beginning;

    private final Callers callers;
    private final Turns<HostEvent> turns = new Turns<>(this::step);
    private final Alarm alarm;
    private HostState state;

    public LoaderVerticle(
            HostHandle host,
            HostCore core,
            LmStudioHttp lmStudio,
            LmsCalls lms,
            HostReport report,
            InstantSource clock,
            Holds beginning) {
        this.beginning = beginning;
        this.host = host;
        this.core = core;
        sightings = new Sightings(lmStudio, lms, clock);
        this.lms = lms;
        this.report = report;
        this.clock = clock;
        narrator = report.narrator(host);
        callers = new Callers(host.name(), narrator);
        alarm = new Alarm(clock);
        state = HostState.initial(clock.instant());
    }

    /** Ready once the host was looked at, whatever was seen: so the first request finds a view. */
    @Override
    public Future<?> start() {
        var bus = vertx.eventBus();
        bus.<JsonObject>localConsumer(
                Addresses.hostEnsure(host.name()), message -> accept(message, LoaderMessages::ensureAsked));
        bus.<JsonObject>localConsumer(
                Addresses.hostUnload(host.name()), message -> accept(message, LoaderMessages::unloadAsked));
        bus.<JsonObject>localConsumer(Addresses.hostHold(host.name()), message -> accept(message, HoldMessages::asked));
        bus.<JsonObject>localConsumer(Addresses.hostLeave(host.name()), message -> leave(message.body()));
        sightings.lookWhenAsked(bus, host.name(), this::on);
        bus.<JsonObject>localConsumer(
                Addresses.hostDrain(host.name()), message -> on(LoaderMessages.drainAsked(message.body())));
        return lms.recover().compose(doubts -> {
            Instant now = clock.instant();
            state = HostState.initial(now, now.toEpochMilli(), doubts, beginning);
            return sightings.look().onSuccess(this::on);
        });
    }

    /** Whoever waits is told, and the process under way is ended before this returns. */
    @Override
    public Future<?> stop() {
        on(new HostEvent.ShutdownAsked());
        return lms.endAll();
    }

    private void accept(Message<JsonObject> message, Function<JsonObject, ? extends HostEvent> reader) {
        try {
            HostEvent event = reader.apply(message.body());
            callers.add(message, event);
            on(event);
        } catch (RuntimeException malformed) {
            BusFailures.fail(message, malformed);
        }
    }

    private void leave(JsonObject body) {
        String caller = body.getString("caller", "");
        if (callers.leave(caller)) {
            on(new HostEvent.CallerLeft(caller));
        }
    }

    private void on(HostEvent event) {
        try {
            turns.take(event);
        } catch (RuntimeException bug) {
            callers.failAll(bug);
            wakeAt(clock.instant().plus(AFTER_A_BUG));
        }
    }

    private void step(HostEvent event) {
        HostCore.Step step = core.on(state, event);
        state = step.state();
        host.publish(step.view());
        report.loaded(host.name(), step.view().instances().size());
        report.memory(host.name(), step.view().memory());
        step.actions().forEach(this::carryOut);
        wakeAt(step.wakeAt());
    }

    private void carryOut(HostAction action) {
        switch (action) {
            case HostAction.Look look -> sightings.look().onSuccess(this::on);
            case HostAction.RunLoad load ->
                lms.load(load, percent -> on(new HostEvent.LoadProgressed(load.operation(), percent)))
                        .onSuccess(this::on);
            case HostAction.RunUnload unload -> lms.unload(unload).onSuccess(this::on);
            case HostAction.ReadRows read -> sightings.rows(read.deadline()).onSuccess(this::on);
            case HostAction.Postpone postpone -> lms.postpone(postpone.operation(), postpone.deadline());
            case HostAction.Interrupt interrupt -> lms.interrupt(interrupt.operation());
            case HostAction.Reply reply -> callers.answer(reply.caller(), reply.answer());
            case HostAction.Rearm rearm -> sightings.rearm(rearm).onSuccess(this::on);
            case HostAction.EndUsers end ->
                vertx.eventBus().publish(Addresses.hostEndUsers(host.name()), end.identifier());
            case HostAction.Tell tell -> report.tell(narrator, tell.notice());
            case HostAction.Estimate estimate -> lms.estimate(estimate).onSuccess(this::on);
        }
    }

    private void wakeAt(Instant instant) {
        alarm.set(vertx, instant, () -> on(new HostEvent.Ticked()));
    }
}
