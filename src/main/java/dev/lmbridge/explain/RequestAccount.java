package dev.lmbridge.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request, as far as it is known by now.
 *
 * @param model the name it asked for, after aliases; null if that was never known
 * @param host null before one was chosen
 * @param outcome {@code success}, {@code client_gone}, {@code loading} or the code of a failure; null while it waits
 */
public record RequestAccount(
        String request,
        @Nullable String model,
        @Nullable String host,
        @Nullable String outcome,
        List<Happening> events) {
    public RequestAccount {
        events = List.copyOf(events);
    }
}
