package dev.lmbridge.explain;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has happened lately to the requests and models of this node, in bounded memory. Any thread may tell and ask.
 *
 * <p>Requests that had to wait, or failed, are kept apart from those that went straight through, so that a busy hour of the
 * second kind does not push out what is worth asking for. One of the second kind costs one small record and no lock.
 */
public final class Chronicle {
    /** How many requests of each of the two kinds are kept. */
    public static final int REQUESTS = 1_000;

    public static final int EVENTS_OF_REQUEST = 50;
    public static final int MODELS = 1_000;
    public static final int EVENTS_OF_MODEL = 200;

    /** Of all models together; the model that was quiet for longest is forgotten first. */
    public static final int EVENTS_OF_MODELS = 20_000;

    private final InstantSource clock;
    private final AtomicLong order = new AtomicLong();
    private final AtomicLong straightOnes = new AtomicLong();
    private final AtomicReferenceArray<Straight> straight = new AtomicReferenceArray<>(REQUESTS);

    private final Map<String, RequestStory> requests = new LinkedHashMap<>();
    private final Map<String, Story> models = new LinkedHashMap<>();
    private int eventsOfModels;

    public Chronicle(InstantSource clock) {
        this.clock = clock;
    }

    /** Something happens now. It is told to nobody yet. */
    public Happening now(String event, String detail) {
        Instant at = clock.instant();
        return new Happening(order.getAndIncrement(), at, at, 1, event, detail, Map.of());
    }

    /** The story of a request, begun if there is none that goes on. */
    public RequestStory request(String id) {
        synchronized (requests) {
            RequestStory known = requests.get(id);
            if (known != null && !known.hasEnded()) {
                return known;
            }
            return begin(id, clock.instant());
        }
    }

    private RequestStory begin(String id, Instant began) {
        RequestStory story = new RequestStory(id, began);
        requests.remove(id);
        requests.put(id, story);
        if (requests.size() > REQUESTS) {
            Iterator<String> oldest = requests.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return story;
    }

    /** The happenings of something that several requests wait for. */
    public Story operation() {
        return new Story(EVENTS_OF_REQUEST);
    }

    /** A request whose model was in memory was answered. */
    public void straight(String id, String model, String host, Instant began, Instant ended) {
        int slot = (int) Math.floorMod(straightOnes.getAndIncrement(), (long) REQUESTS);
        straight.set(slot, new Straight(order.getAndIncrement(), id, model, host, began, ended));
    }

    /**
     * Any other request ends.
     *
     * @param outcome {@code success}, {@code client_gone}, {@code loading} or the code of a failure
     */
    public void ended(String id, @Nullable String model, @Nullable String host, String outcome, Instant began) {
        RequestStory story;
        synchronized (requests) {
            RequestStory known = requests.get(id);
            if (known != null && !known.hasEnded()) {
                story = known;
            } else if (outcome.equals("success") && model != null && host != null) {
                straight(id, model, host, began, clock.instant());
                return;
            } else {
                story = begin(id, began);
            }
        }
        story.about(model, host);
        Happening last = last(outcome)
                .with("outcome", outcome)
                .with(
                        "tookMs",
                        Math.max(0, Duration.between(began, clock.instant()).toMillis()));
        story.end(outcome, last);
    }

    private Happening last(String outcome) {
        return switch (outcome) {
            case "success" -> now("request.answered", "It has its whole answer.");
            case "loading" ->
                now("request.answered", "It was told how far the operation is, which goes on without it.");
            case "client_gone" -> now("request.left", "Its client has gone before the end of the answer.");
            default -> now("request.failed", "It was answered with " + outcome + ".");
        };
    }

    /** Something happens to a model. {@code key} must be one that a host has: clients could make up any number of others. */
    public void model(String key, Happening happening) {
        tell(key, story -> story.add(happening));
    }

    /** The same for what may happen a thousand times in a row: repetitions are counted. */
    public void modelAgain(String key, Happening happening) {
        tell(key, story -> story.addOrCount(happening));
    }

    /** The same for how far something is. */
    public void modelProgress(String key, Happening happening) {
        tell(key, story -> story.progress(happening));
    }

    private void tell(String key, Consumer<Story> how) {
        synchronized (models) {
            Story known = models.remove(key);
            Story story = known == null ? new Story(EVENTS_OF_MODEL) : known;
            models.put(key, story);
            int before = story.size();
            how.accept(story);
            eventsOfModels += story.size() - before;
            Iterator<Story> oldest = models.values().iterator();
            while (models.size() > MODELS || (eventsOfModels > EVENTS_OF_MODELS && models.size() > 1)) {
                eventsOfModels -= oldest.next().size();
                oldest.remove();
            }
        }
    }

    /** The latest request of this id, if it is still remembered. */
    public Optional<RequestAccount> accountOf(String id) {
        RequestStory told;
        synchronized (requests) {
            told = requests.get(id);
        }
        Straight latest = null;
        for (int slot = 0; slot < REQUESTS; slot++) {
            Straight one = straight.get(slot);
            if (one != null && one.id().equals(id) && (latest == null || one.order() > latest.order())) {
                latest = one;
            }
        }
        if (told != null && (latest == null || !told.began().isBefore(latest.began()))) {
            return Optional.of(told.account());
        }
        return Optional.ofNullable(latest).map(Straight::account);
    }

    /** What has happened to a model, the latest last; nothing if it is not remembered. */
    public List<Happening> eventsOf(String key) {
        synchronized (models) {
            Story story = models.get(key);
            return story == null ? List.of() : story.all();
        }
    }
}
