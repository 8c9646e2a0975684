package dev.lmbridge.host;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Decides everything about one host: takes what happened, returns the new state and what is to be done.
 *
 * <p>It keeps nothing between two calls, so the same events at the same times always give the same result.
 */
public final class HostCore {
    private final HostPolicy policy;
    private final InstantSource clock;

    /**
     * What follows from an event.
     *
     * @param view what others may see of the new state
     * @param wakeAt when a {@link HostEvent.Ticked} is due at the latest
     */
    public record Step(HostState state, HostView view, Instant wakeAt, List<HostAction> actions) {}

    public HostCore(HostPolicy policy, InstantSource clock) {
        this.policy = policy;
        this.clock = clock;
    }

    public Step on(HostState state, HostEvent event) {
        Turn turn = new Turn(policy, clock, state);
        switch (event) {
            case HostEvent.EnsureAsked asked -> Requests.accept(turn, asked);
            case HostEvent.UnloadAsked asked -> Requests.accept(turn, asked);
            case HostEvent.CallerLeft left -> Requests.forget(turn, left.caller());
            case HostEvent.Observed observed -> Looks.saw(turn, observed.observation(), observed.startedAt());
            case HostEvent.ObservationFailed failed -> Looks.failed(turn, failed.why(), failed.refused());
            case HostEvent.LoadProgressed progressed ->
                Loads.progressed(turn, progressed.operation(), progressed.percent());
            case HostEvent.ProcessEnded ended -> Lane.processEnded(turn, ended);
            case HostEvent.RowsRead read -> Looks.rowsRead(turn, read.rows(), read.startedAt());
            case HostEvent.RowsFailed failed -> Looks.rowsFailed(turn, failed.failure(), failed.startedAt());
            case HostEvent.Ticked ticked -> {
                Requests.decideWithoutLook(turn);
                Lane.timePassed(turn);
            }
            case HostEvent.DrainAsked asked -> Drain.begin(turn);
            case HostEvent.ResumeAsked asked -> Drain.end(turn);
            case HostEvent.ShutdownAsked asked -> Lane.stop(turn);
            case HostEvent.Estimated estimated -> MakingRoom.estimated(turn, estimated);
            case HostEvent.Rearmed rearmed -> Keeper.rearmed(turn, rearmed.identifier(), rearmed.failure());
            case HostEvent.LeaseAsked asked -> Requests.accept(turn, asked);
            case HostEvent.LeaseRenewed asked -> Leases.renew(turn, asked);
            case HostEvent.LeaseReleased asked -> Leases.release(turn, asked);
            case HostEvent.PinAsked asked -> Requests.accept(turn, asked);
        }
        if (!isAskedByCaller(event)) {
            Healing.repair(turn);
            Findings.judge(turn);
        }
        Keeper.keep(turn);
        Unloads.goOn(turn);
        Lane.advance(turn);
        Looks.lookIfDue(turn);
        HostState next = turn.state();
        return new Step(
                next, HostView.of(next, Room.of(next, policy, turn.now)), turn.wakeAt(), List.copyOf(turn.actions));
    }

    /** What callers do says nothing new of the host. */
    private static boolean isAskedByCaller(HostEvent event) {
        return event instanceof HostEvent.EnsureAsked
                || event instanceof HostEvent.UnloadAsked
                || event instanceof HostEvent.CallerLeft
                || event instanceof HostEvent.LoadProgressed;
    }
}
