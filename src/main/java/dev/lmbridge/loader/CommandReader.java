package dev.lmbridge.loader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FieldError;
import dev.lmbridge.settings.DurationText;
import dev.lmbridge.settings.ModelSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads {@link ModelCommand}s from JSON, for HTTP and bus alike. Every fault is reported, not the first. */
public final class CommandReader {
    /** The longest {@code waitMs}. */
    static final Duration MAX_WAIT = Duration.ofHours(1);

    private static final int MAX_CONTEXT = 100_000_000;

    private final ModelSettings.TtlPolicy policy;

    /** Which command a body is. */
    public enum Kind {
        ENSURE,
        LOAD,
        UNLOAD,
        PIN
    }

    private static final int LONGEST_OWNER = 200;
    private static final Set<String> PINNING = new TreeSet<>(List.of("model", "host", "contextLength"));
    private static final Set<String> LEASING = new TreeSet<>(List.of("model", "host", "owner", "ttl"));

    private static final Set<String> LOADING =
            new TreeSet<>(List.of("model", "ttl", "keepLoaded", "host", "contextLength", "force", "dryRun", "waitMs"));
    private static final Set<String> UNLOADING = new TreeSet<>(List.of("model", "host", "force", "dryRun", "waitMs"));

    public CommandReader(ModelSettings.TtlPolicy policy) {
        this.policy = policy;
    }

    /** The command in a body; throws a {@link dev.lmbridge.failure.FailureException} that names every field at fault. */
    public ModelCommand read(Kind kind, ObjectNode body) {
        Fields fields = new Fields(body);
        fields.refuseUnknown(
                switch (kind) {
                    case ENSURE, LOAD -> LOADING;
                    case UNLOAD -> UNLOADING;
                    case PIN -> PINNING;
                });
        String model = fields.text("model");
        Optional<String> badName = model == null ? Optional.empty() : ModelKey.problem(model);
        badName.ifPresent(problem -> fields.fault("model", problem));
        if (kind == Kind.UNLOAD && model == null && !body.hasNonNull("model")) {
            fields.fault("model", "must name the model, or the instance, to unload.");
        } else if (kind == Kind.PIN && model == null && !body.hasNonNull("model")) {
            fields.fault("model", "must name the model to pin or to unpin.");
        }
        boolean keepLoaded = fields.flag("keepLoaded", true);
        Duration ttl = ttl(fields);
        Duration wait = wait(fields);
        ModelCommand command = new ModelCommand(
                model,
                ttl,
                keepLoaded ? policy.standard() : policy.temporary(),
                fields.text("host"),
                fields.integer("contextLength", 1, MAX_CONTEXT),
                fields.flag("force", false),
                fields.flag("dryRun", false),
                wait,
                kind != Kind.UNLOAD || wait == null ? Duration.ZERO : wait);
        if (badName.isPresent() && fields.faults.size() == 1) {
            throw Failure.invalidModelName("model", badName.get()).asException();
        }
        if (!fields.faults.isEmpty()) {
            throw Failure.invalid(fields.faults).asException();
        }
        return command;
    }

    /** The lease in a body. */
    public LeaseCommand lease(ObjectNode body) {
        Fields fields = new Fields(body);
        fields.refuseUnknown(LEASING);
        String model = fields.text("model");
        Optional<String> badName = model == null ? Optional.empty() : ModelKey.problem(model);
        badName.ifPresent(problem -> fields.fault("model", problem));
        String owner = fields.text("owner");
        if (owner == null && !body.hasNonNull("owner")) {
            fields.fault("owner", "must say who holds the lease.");
        } else if (owner != null
                && (owner.isBlank()
                        || owner.length() > LONGEST_OWNER
                        || owner.chars().anyMatch(Character::isISOControl))) {
            fields.fault(
                    "owner",
                    "must be a text of 1 to " + LONGEST_OWNER + " characters, none of them a control character.");
        }
        Duration ttl = ttl(fields);
        if (ttl == null && !body.hasNonNull("ttl")) {
            fields.fault("ttl", "must say for how long, in seconds or as a duration such as \"10m\".");
        }
        String host = fields.text("host");
        if (badName.isPresent() && fields.faults.size() == 1) {
            throw Failure.invalidModelName("model", badName.get()).asException();
        }
        if (!fields.faults.isEmpty() || owner == null || ttl == null) {
            throw Failure.invalid(fields.faults).asException();
        }
        return new LeaseCommand(model, host, owner, ttl);
    }

    /** For how long a lease is renewed; null for as long as before. */
    public @Nullable Duration renewal(ObjectNode body) {
        Fields fields = new Fields(body);
        fields.refuseUnknown(Set.of("ttl"));
        Duration ttl = ttl(fields);
        if (!fields.faults.isEmpty()) {
            throw Failure.invalid(fields.faults).asException();
        }
        return ttl;
    }

    /** A TTL as clients write it: whole seconds, or a text like {@code 10m}. Throws if it is out of bounds. */
    public @Nullable Duration ttl(JsonNode value) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("ttl", value);
        Fields fields = new Fields(body);
        Duration ttl = ttl(fields);
        if (!fields.faults.isEmpty()) {
            throw Failure.invalid(fields.faults).asException();
        }
        return ttl;
    }

    private @Nullable Duration ttl(Fields fields) {
        JsonNode value = fields.value("ttl");
        if (value == null) {
            return null;
        }
        Duration ttl = null;
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            long seconds = value.longValue();
            ttl = Math.abs(seconds) > Integer.MAX_VALUE ? Duration.ofSeconds(-1) : Duration.ofSeconds(seconds);
        } else if (value.isTextual()) {
            try {
                ttl = DurationText.parseSecondsOrText(value.textValue());
            } catch (IllegalArgumentException malformed) {
                ttl = null;
            }
        }
        if (ttl == null
                || ttl.toMillisPart() != 0
                || ttl.compareTo(Duration.ofSeconds(1)) < 0
                || ttl.compareTo(policy.max()) > 0) {
            fields.fault(
                    "ttl",
                    "must be a whole number of seconds or a duration such as \"10m\", from 1 s to "
                            + policy.max().toSeconds() + " s.");
            return null;
        }
        return ttl;
    }

    private static @Nullable Duration wait(Fields fields) {
        Integer millis = fields.integer("waitMs", 0, (int) MAX_WAIT.toMillis());
        return millis == null ? null : Duration.ofMillis(millis);
    }

    /** The fields of one body, and what was wrong with them. */
    private static final class Fields {
        private final ObjectNode body;
        private final List<FieldError> faults = new ArrayList<>();

        Fields(ObjectNode body) {
            this.body = body;
        }

        void fault(String field, String message) {
            faults.add(new FieldError(field, message));
        }

        void refuseUnknown(Set<String> known) {
            body.fieldNames().forEachRemaining(name -> {
                if (!known.contains(name)) {
                    String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
                    fault(shown, "is not a field here. Known are: " + String.join(", ", known) + ".");
                }
            });
        }

        @Nullable
        JsonNode value(String field) {
            JsonNode value = body.get(field);
            return value == null || value.isNull() ? null : value;
        }

        @Nullable
        String text(String field) {
            JsonNode value = value(field);
            if (value != null && !value.isTextual()) {
                fault(field, "must be a string.");
                return null;
            }
            return value == null ? null : value.textValue();
        }

        boolean flag(String field, boolean otherwise) {
            JsonNode value = value(field);
            if (value != null && !value.isBoolean()) {
                fault(field, "must be true or false.");
                return otherwise;
            }
            return value == null ? otherwise : value.booleanValue();
        }

        @Nullable
        Integer integer(String field, int least, int most) {
            JsonNode value = value(field);
            if (value == null) {
                return null;
            }
            if (!value.isIntegralNumber()
                    || !value.canConvertToInt()
                    || value.intValue() < least
                    || value.intValue() > most) {
                fault(field, "must be a whole number from " + least + " to " + most + ".");
                return null;
            }
            return value.intValue();
        }
    }
}
