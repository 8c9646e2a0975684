package dev.lmbridge.host;

import dev.lmbridge.catalog.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A schedule in lines that a person can read. What changes nothing is left out. */
final class HostStory {
    private final List<String> lines = new ArrayList<>();
    private List<String> lastSeen = List.of();
    private boolean lastFailed;

    List<String> lines() {
        return lines;
    }

    void note(long millis, String what) {
        lines.add("%9.3f s  %s".formatted(millis / 1000.0, what));
    }

    void stepped(long millis, HostEvent event, List<HostAction> actions) {
        List<HostAction> told = actions.stream().filter(HostStory::matters).toList();
        String what = text(event);
        boolean again = event instanceof HostEvent.ObservationFailed && lastFailed;
        lastFailed = event instanceof HostEvent.ObservationFailed || (lastFailed && what == null);
        if (what != null && !(again && told.isEmpty())) {
            note(millis, what);
        }
        told.forEach(action -> note(millis, "    -> " + text(action)));
    }

    private static boolean matters(HostAction action) {
        return switch (action) {
            case HostAction.Look look -> false;
            case HostAction.Rearm rearm -> false;
            case HostAction.ReadRows rows -> false;
            case HostAction.Tell told ->
                switch (told.notice()) {
                    case HostNotice.Retrying retrying -> true;
                    case HostNotice.LoadFailed failed -> true;
                    case HostNotice.BreakerOpened opened -> true;
                    case HostNotice.BreakerTried tried -> true;
                    case HostNotice.DoubtOver over -> true;
                    default -> false;
                };
            default -> true;
        };
    }

    private @Nullable String text(HostEvent event) {
        return switch (event) {
            case HostEvent.EnsureAsked asked ->
                asked.caller() + " wants " + asked.name() + ", TTL "
                        + asked.ttl().toSeconds() + " s"
                        + (asked.contextLength() == null ? "" : ", context " + asked.contextLength())
                        + (asked.viewSince() == null ? "" : ", on a look from now on");
            case HostEvent.UnloadAsked asked ->
                asked.caller() + " wants " + asked.name() + " gone" + (asked.force() ? ", by force" : "");
            case HostEvent.CallerLeft left -> left.caller() + " leaves";
            case HostEvent.Observed observed -> seen(observed);
            case HostEvent.ObservationFailed failed ->
                "a look fails" + (failed.refused() ? ", nothing listens there" : "");
            case HostEvent.LoadProgressed progressed ->
                "load " + progressed.operation() + " is at " + progressed.percent() + " %";
            case HostEvent.ProcessEnded ended ->
                "process " + ended.operation() + " ends, "
                        + (ended.failure() == null
                                ? "claims success"
                                : ended.failure().code().text() + " "
                                        + ended.failure().more().getOrDefault("reason", ""));
            case HostEvent.RowsRead read -> null;
            case HostEvent.RowsFailed failed -> "lms ps fails";
            case HostEvent.Ticked ticked -> null;
            case HostEvent.DrainAsked asked -> "the host is drained";
            case HostEvent.ResumeAsked asked -> "the host is in use again";
            case HostEvent.ShutdownAsked asked -> "the bridge is to stop";
            case HostEvent.Estimated estimated -> estimated.key() + " is said to need " + estimated.bytes();
            case HostEvent.Rearmed armed ->
                armed.failure() == null ? null : "re-arming " + armed.identifier() + " fails";
            case HostEvent.LeaseAsked asked ->
                asked.caller() + " leases " + asked.name() + " for "
                        + asked.ttl().toSeconds() + " s";
            case HostEvent.LeaseRenewed asked -> asked.caller() + " renews " + asked.id();
            case HostEvent.LeaseReleased asked -> asked.caller() + " releases " + asked.id();
            case HostEvent.PinAsked asked -> asked.caller() + (asked.pinned() ? " pins " : " unpins ") + asked.name();
        };
    }

    private @Nullable String seen(HostEvent.Observed observed) {
        List<String> seen = observed.observation().loaded().stream()
                .map(LoadedModel::identifier)
                .toList();
        boolean same = seen.equals(lastSeen);
        lastSeen = seen;
        return same ? null : "a look shows " + seen;
    }

    private static String text(HostAction action) {
        return switch (action) {
            case HostAction.RunLoad load ->
                "lms load " + load.key() + " as " + load.identifier() + ", TTL "
                        + load.ttl().toSeconds() + " s, deadline "
                        + load.deadline().toSeconds() + " s, operation " + load.operation();
            case HostAction.RunUnload unload ->
                "lms unload " + unload.identifier() + ", operation " + unload.operation();
            case HostAction.Reply reply -> reply.caller() + " gets " + text(reply.answer());
            case HostAction.Tell told -> "told: " + told.notice().getClass().getSimpleName();
            case HostAction.Interrupt interrupt -> "end process " + interrupt.operation();
            case HostAction.Postpone postpone ->
                "process " + postpone.operation() + " may take "
                        + postpone.deadline().toSeconds() + " s from now";
            case HostAction.ReadRows rows -> "lms ps";
            case HostAction.Look look -> "look";
            case HostAction.Estimate estimate -> "lms load --estimate-only " + estimate.key();
            case HostAction.Rearm rearm -> "re-arm " + rearm.identifier();
            case HostAction.EndUsers end -> "end the requests of " + end.identifier();
        };
    }

    private static String text(Answer answer) {
        return switch (answer) {
            case Answer.Ready ready ->
                ready.instance().identifier() + (ready.alreadyLoaded() ? ", which is there" : ", loaded");
            case Answer.Unloaded unloaded -> "told that " + unloaded.identifiers() + " are gone";
            case Answer.Leased leased -> "lease " + leased.lease().id();
            case Answer.Released released -> "told that " + released.lease().id() + " is over";
            case Answer.Pinned pinned -> pinned.model() + (pinned.pinned() ? " pinned" : " unpinned");
            case Answer.Refused refused -> refused.failure().code().text();
        };
    }
}
