package dev.lmbridge.sim.standin;

import org.jspecify.annotations.Nullable;

/** What {@code lms} says when LM Studio is not running: the few texts that need no simulation. */
final class Offline {
    private Offline() {}

    /** Prints the answer to these arguments and gives its exit code. */
    static int answer(String[] words) {
        String command = words.length == 0 ? "" : words[0];
        String second = words.length < 2 ? "" : words[1];
        boolean json = has(words, "--json");
        if (command.equals("server") && second.equals("status")) {
            return json ? out("{\"running\":false}") : err(words, 0, "The server is not running.");
        }
        if (command.equals("server") && second.equals("stop")) {
            return err(words, 1, "Error: The server is not running.");
        }
        if (command.equals("daemon") && second.equals("status")) {
            return out(json ? "{\"status\":\"not-running\"}" : "LM Studio is not running");
        }
        if (command.equals("version")) {
            return out(json ? "{\"version\":\"07b7252\"}" : "CLI commit: 07b7252");
        }
        String host = value(words, "--host");
        String port = value(words, "--port");
        if (host != null || port != null) {
            return err(
                    words,
                    1,
                    "Error: The server does not appear to be running at " + (host == null ? "127.0.0.1" : host) + ":"
                            + (port == null ? "1234" : port)
                            + ". Please make sure the server is running and accessible at the specified address.");
        }
        return err(
                words,
                1,
                "Error: LM Studio daemon is not running and no valid installation could be found or installed.\n"
                        + "Error: Failed to start or connect to local LM Studio API server.");
    }

    /** LM Studio went away during the call. */
    static int connectionLost(String[] words) {
        return err(words, 1, "Error: WebSocket connection closed");
    }

    private static int out(String line) {
        System.out.println(line);
        System.out.flush();
        return 0;
    }

    private static int err(String[] words, int code, String lines) {
        if (!has(words, "--quiet")) {
            System.err.println(lines);
            System.err.flush();
        }
        return code;
    }

    private static boolean has(String[] words, String flag) {
        for (String word : words) {
            if (word.equals(flag)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String value(String[] words, String option) {
        for (int i = 0; i < words.length; i++) {
            if (words[i].equals(option) && i + 1 < words.length) {
                return words[i + 1];
            }
            if (words[i].startsWith(option + "=")) {
                return words[i].substring(option.length() + 1);
            }
        }
        return null;
    }
}
