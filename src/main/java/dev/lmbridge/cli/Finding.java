package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that {@code doctor} has looked at.
 *
 * @param fix what to do about it, null where nothing need be done
 */
record Finding(
        Level level, String check, String message, @Nullable String fix) {
    enum Level {
        GREEN,
        /** It works, though not as well as it could. */
        YELLOW,
        /** Something will not work. */
        RED
    }

    static Finding green(String check, String message) {
        return new Finding(Level.GREEN, check, message, null);
    }

    static Finding yellow(String check, String message, String fix) {
        return new Finding(Level.YELLOW, check, message, fix);
    }

    static Finding red(String check, String message, String fix) {
        return new Finding(Level.RED, check, message, fix);
    }

    ObjectNode json() {
        ObjectNode row = JsonNodeFactory.instance
                .objectNode()
                .put("check", check)
                .put("level", level.name().toLowerCase(Locale.ROOT))
                .put("message", message);
        return fix == null ? row : row.put("fix", fix);
    }
}
