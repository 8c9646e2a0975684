package dev.lmbridge.sim.http;

import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * LM Studio's API tokens (since 0.4.0). While the machine has none, every request is let in, one with a wrong token too. Whether LM
 * Studio asks for a token at the two paths by which its own tools look for it, and for a path that does not exist, is not known: here
 * the former are open and the latter is not.
 */
final class Authentication {
    private static final Set<String> OPEN = Set.of("/lmstudio-greeting", "/lms-status");
    private static final Pattern WELL_FORMED = Pattern.compile("sk-lm-[a-zA-Z0-9]{8}:[a-zA-Z0-9]{20}");
    private static final String SCHEME = "Bearer ";
    private static final int SHOWN = 10;

    private final SimMachine machine;

    Authentication(SimMachine machine) {
        this.machine = machine;
    }

    /** Whether the request may go on; if not, it was answered. */
    boolean admits(HttpServerRequest request) {
        String wanted = machine.settings().look().apiToken();
        if (wanted == null || OPEN.contains(request.path())) {
            return true;
        }
        String given = given(request);
        if (wanted.equals(given)) {
            return true;
        }
        Replies.restError(request.response(), 401, "invalid_request", "invalid_api_key", problem(given), null);
        return false;
    }

    private static @Nullable String given(HttpServerRequest request) {
        String header = request.getHeader("Authorization");
        if (header != null && header.startsWith(SCHEME)) {
            return header.substring(SCHEME.length()).strip();
        }
        return "/v1/messages".equals(request.path()) ? request.getHeader("x-api-key") : null;
    }

    private static String problem(@Nullable String given) {
        if (given == null || given.isEmpty()) {
            return "An LM Studio API token is required to make requests to this server, but none was provided using the"
                    + " Authorization header using the 'Bearer' scheme (Authorization: Bearer $LM_API_TOKEN).";
        }
        if (!WELL_FORMED.matcher(given).matches()) {
            return "Malformed LM Studio API token provided: " + masked(given) + ". Ensure you are using a valid token.";
        }
        // What LM Studio says to a token of the right form that it never gave out is not known.
        return "Invalid LM Studio API token provided: " + masked(given) + ". Ensure you are using a valid token.";
    }

    private static String masked(String token) {
        int shown = Math.min(SHOWN, token.length());
        return token.substring(0, shown) + "*".repeat(token.length() - shown);
    }
}
