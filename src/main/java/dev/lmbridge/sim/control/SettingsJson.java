package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.MachineSettings.Engine;
import dev.lmbridge.sim.machine.MachineSettings.Jit;
import dev.lmbridge.sim.machine.MachineSettings.Look;
import dev.lmbridge.sim.machine.MachineSettings.ReasoningStyle;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of the machine as JSON. A change names only what it changes; {@code null} brings the standard back. */
final class SettingsJson {
    private static final List<String> FIELDS = List.of(
            "memoryBytes",
            "loadTimeMs",
            "tokensPerSecond",
            "parallel",
            "abortAbandonedLoads",
            "jit",
            "jitTtlMs",
            "jitEvictOther",
            "reasoning",
            "apiToken",
            "oldLms");
    /** The form of LM Studio's tokens (lmstudio-js). */
    private static final Pattern TOKEN = Pattern.compile("sk-lm-[a-zA-Z0-9]{8}:[a-zA-Z0-9]{20}");

    private SettingsJson() {}

    static MachineSettings change(MachineSettings now, ObjectNode body) {
        Fields fields = new Fields(body, "The settings", FIELDS);
        MachineSettings usual = MachineSettings.standard();
        Engine engine = now.engine();
        Jit jit = now.jit();
        Look look = now.look();
        return new MachineSettings(
                new Engine(
                        or(
                                fields,
                                "memoryBytes",
                                fields.bytes("memoryBytes"),
                                engine.memoryBytes(),
                                usual.engine().memoryBytes()),
                        time(fields, "loadTimeMs", 0, engine.loadTime(), null),
                        or(
                                fields,
                                "tokensPerSecond",
                                fields.number("tokensPerSecond"),
                                engine.tokensPerSecond(),
                                usual.engine().tokensPerSecond()),
                        or(
                                fields,
                                "parallel",
                                fields.integer("parallel", 1),
                                engine.parallel(),
                                usual.engine().parallel()),
                        or(
                                fields,
                                "abortAbandonedLoads",
                                fields.flag("abortAbandonedLoads"),
                                engine.abortAbandonedLoads(),
                                usual.engine().abortAbandonedLoads())),
                new Jit(
                        or(
                                fields,
                                "jit",
                                fields.flag("jit"),
                                jit.on(),
                                usual.jit().on()),
                        Objects.requireNonNull(time(
                                fields, "jitTtlMs", 1, jit.ttl(), usual.jit().ttl())),
                        or(
                                fields,
                                "jitEvictOther",
                                fields.flag("jitEvictOther"),
                                jit.evictOther(),
                                usual.jit().evictOther())),
                new Look(
                        or(
                                fields,
                                "reasoning",
                                reasoning(fields),
                                look.reasoning(),
                                usual.look().reasoning()),
                        fields.has("apiToken") ? token(fields) : look.apiToken(),
                        or(
                                fields,
                                "oldLms",
                                fields.flag("oldLms"),
                                look.oldLms(),
                                usual.look().oldLms())));
    }

    static ObjectNode write(MachineSettings settings) {
        Duration load = settings.engine().loadTime();
        return JsonNodeFactory.instance
                .objectNode()
                .put("memoryBytes", settings.engine().memoryBytes())
                .put("loadTimeMs", load == null ? null : (Long) load.toMillis())
                .put("tokensPerSecond", settings.engine().tokensPerSecond())
                .put("parallel", settings.engine().parallel())
                .put("abortAbandonedLoads", settings.engine().abortAbandonedLoads())
                .put("jit", settings.jit().on())
                .put("jitTtlMs", settings.jit().ttl().toMillis())
                .put("jitEvictOther", settings.jit().evictOther())
                .put("reasoning", settings.look().reasoning().wireName())
                .put("apiToken", settings.look().apiToken())
                .put("oldLms", settings.look().oldLms());
    }

    private static <T> T or(Fields fields, String name, @Nullable T given, T now, T usual) {
        return !fields.has(name) ? now : given == null ? usual : given;
    }

    private static @Nullable Duration time(
            Fields fields, String name, int least, @Nullable Duration now, @Nullable Duration usual) {
        Integer millis = fields.integer(name, least);
        return !fields.has(name) ? now : millis == null ? usual : Duration.ofMillis(millis);
    }

    private static @Nullable ReasoningStyle reasoning(Fields fields) {
        String name = fields.text("reasoning");
        for (ReasoningStyle style : ReasoningStyle.values()) {
            if (style.wireName().equals(name)) {
                return style;
            }
        }
        if (name == null) {
            return null;
        }
        throw new BadField("\"reasoning\" is \"" + name + "\"; it must be one of "
                + Arrays.stream(ReasoningStyle.values())
                        .map(ReasoningStyle::wireName)
                        .collect(Collectors.joining(", "))
                + ".");
    }

    private static @Nullable String token(Fields fields) {
        String token = fields.text("apiToken");
        if (token != null && !TOKEN.matcher(token).matches()) {
            throw new BadField("\"apiToken\" must be sk-lm-, eight letters or digits, a colon, and twenty more.");
        }
        return token;
    }
}
