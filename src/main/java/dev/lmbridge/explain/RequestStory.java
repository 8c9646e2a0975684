package dev.lmbridge.explain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A request that did not go straight through: what happened to itself, and to the operations that it waited for. */
public final class RequestStory {
    /** A request is sent again once, so that it waits twice; under one id of a client's there may be more. */
    private static final int LINKS = 8;

    private record Link(Story operation, long since) {}

    private final String id;
    private final Instant began;
    private final Story own = new Story(Chronicle.EVENTS_OF_REQUEST);
    private final List<Link> links = new ArrayList<>(1);
    private @Nullable String model;
    private @Nullable String host;
    private @Nullable String outcome;
    private long endedAt = Long.MAX_VALUE;

    RequestStory(String id, Instant began) {
        this.id = id;
        this.began = began;
    }

    Instant began() {
        return began;
    }

    /** What it turned out to be about. Whoever knows nothing changes nothing. */
    public synchronized void about(@Nullable String knownModel, @Nullable String knownHost) {
        model = knownModel == null ? model : knownModel;
        host = knownHost == null ? host : knownHost;
    }

    /** Whatever comes after the end is no part of the story. */
    public synchronized void add(Happening happening) {
        if (outcome == null) {
            own.add(happening);
        }
    }

    /** From now on what happens to {@code operation} happens to this request. */
    public synchronized void waitFor(Story operation, long since) {
        if (outcome == null && links.size() < LINKS) {
            links.add(new Link(operation, since));
        }
    }

    /** Ends the story, unless it has ended. */
    public synchronized void end(String how, Happening last) {
        if (outcome == null) {
            own.add(last);
            outcome = how;
            endedAt = last.order();
        }
    }

    synchronized boolean hasEnded() {
        return outcome != null;
    }

    synchronized RequestAccount account() {
        Stream<Happening> shared = links.stream()
                .flatMap(link -> link.operation().all().stream()
                        .filter(happening -> happening.order() >= link.since() && happening.order() <= endedAt));
        List<Happening> all = Stream.concat(own.all().stream(), shared)
                .distinct()
                .sorted(Comparator.comparingLong(Happening::order))
                .toList();
        int surplus = Math.max(0, all.size() - Chronicle.EVENTS_OF_REQUEST);
        return new RequestAccount(id, model, host, outcome, all.subList(surplus, all.size()));
    }
}
