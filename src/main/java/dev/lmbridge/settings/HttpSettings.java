package dev.lmbridge.settings;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How the service listens and how long it waits.
 *
 * @param port 0 means any free port
 * @param allowedHosts names that a {@code Host} header may carry beside loopback names and the address listened on
 * @param allowedOrigins web origins that may call beside our own
 * @param heartbeatAfter silence after which a waiting stream gets a comment, and then again each such time
 * @param maxBodyBytes largest request body
 */
public record HttpSettings(
        String host,
        int port,
        List<String> allowedHosts,
        List<String> allowedOrigins,
        Duration heartbeatAfter,
        long maxBodyBytes,
        Deadlines deadlines) {

    /**
     * The longest waits of one request.
     *
     * @param queue for a free instance
     * @param load for the model to be loaded
     * @param firstToken from sending the request to the first byte of the answer
     * @param betweenTokens between two pieces of a streamed answer
     * @param clientStalled for a client that does not read
     * @param total for the whole request
     */
    public record Deadlines(
            Duration queue,
            Duration load,
            Duration firstToken,
            Duration betweenTokens,
            Duration clientStalled,
            Duration total) {}

    /** Whether only this machine can reach the listener. Names are not looked up: any but {@code localhost} counts as remote. */
    public boolean onLoopback() {
        return HostName.isLoopback(host);
    }

    /**
     * How a program on this machine reaches the listener: an address that stands for all of a machine's can be listened
     * on, but not called.
     *
     * @param actualPort the port that was really taken, as {@link #port} may be 0
     */
    public URI localUrl(int actualPort) {
        String callable = switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "::1";
            default -> host;
        };
        return URI.create("http://" + HostName.inUrl(callable) + ":" + actualPort);
    }
}
