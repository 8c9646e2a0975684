package dev.lmbridge.loader;

import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.explain.Happening;
import dev.lmbridge.explain.RequestStory;
import dev.lmbridge.explain.Story;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Answer;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.host.Instance;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells the chronicle what happens on one host: to its models, to whoever waits, and to the operations that they wait for.
 *
 * <p>An operation is remembered here as long as somebody waits for it, so there are never more of them than callers.
 */
final class Narrator {
    private final HostHandle host;
    private final Chronicle chronicle;
    private final ModelEvents words;
    private final Map<String, Waiter> waiters = new HashMap<>();
    private final Map<Long, Work> works = new HashMap<>();
    private @Nullable Work current;
    private int attempt;

    /** Somebody who has asked. Most are answered at once, and have no story then. */
    private static final class Waiter {
        private final @Nullable String request;
        private final String name;
        private final boolean unloads;
        private @Nullable RequestStory story;
        private @Nullable Work work;

        Waiter(@Nullable String request, String name, boolean unloads) {
            this.request = request;
            this.name = name;
            this.unloads = unloads;
        }
    }

    /** An operation. {@code asker} is the request that it was begun for. */
    private static final class Work {
        private final long id;
        private final String model;
        private final Story story;
        private final @Nullable String asker;
        private int waiters;

        Work(long id, String model, Story story, @Nullable String asker) {
            this.id = id;
            this.model = model;
            this.story = story;
            this.asker = asker;
        }
    }

    Narrator(HostHandle host, Chronicle chronicle) {
        this.host = host;
        this.chronicle = chronicle;
        words = new ModelEvents(host.name(), chronicle);
    }

    void asked(HostEvent event, @Nullable String request) {
        switch (event) {
            case HostEvent.EnsureAsked asked -> waiters.put(asked.caller(), new Waiter(request, asked.name(), false));
            case HostEvent.UnloadAsked asked -> waiters.put(asked.caller(), new Waiter(request, asked.name(), true));
            default -> {}
        }
    }

    void left(String caller) {
        Waiter waiter = remove(caller);
        RequestStory story = waiter == null ? null : waiter.story;
        if (story != null) {
            story.end("client_gone", words.of("request.left", "Its client has gone and waits no longer."));
        }
    }

    void answered(String caller, Answer answer) {
        Waiter waiter = remove(caller);
        if (waiter == null) {
            return;
        }
        switch (answer) {
            case Answer.Refused refused -> refused(waiter, refused.failure());
            case Answer.Ready ready
            when waiter.story != null ->
                waiter.story.add(words.of(
                                "request.ready",
                                ready.alreadyLoaded()
                                        ? "The model was in memory already, as "
                                                + ready.instance().identifier() + "."
                                        : "The model is in memory, as "
                                                + ready.instance().identifier() + ".")
                        .with("identifier", ready.instance().identifier())
                        .with("attempts", ready.attempts()));
            case Answer.Ready ready -> {}
            case Answer.Unloaded unloaded -> {}
            case Answer.Leased leased -> {}
            case Answer.Released released -> {}
            case Answer.Pinned pinned -> {}
        }
    }

    private void refused(Waiter waiter, Failure failure) {
        String code = failure.code().text();
        RequestStory story = storyOf(waiter);
        if (story != null) {
            story.add(words.of("request.refused", failure.detail()).with("code", code));
        }
        boolean kept = waiter.unloads && failure.code() == FailureCode.MODEL_BUSY;
        keyOf(waiter.name)
                .ifPresent(key -> chronicle.modelAgain(
                        key,
                        words.of(kept ? "model.kept" : "model.refused", failure.detail())
                                .with("rule", kept ? "in_use" : code)
                                .with("request", waiter.request)));
    }

    /** Clients may ask for any name; only those that the host knows are remembered. */
    private Optional<String> keyOf(String name) {
        Instance instance = host.view().instances().get(name);
        return instance != null
                ? Optional.of(instance.key().value())
                : host.view().catalog().find(name).map(model -> model.key().value());
    }

    /** A bug has ended all waiting. Each request is told by whoever answers its client. */
    void failAll() {
        waiters.clear();
        works.clear();
        current = null;
    }

    private @Nullable Waiter remove(String caller) {
        Waiter waiter = waiters.remove(caller);
        if (waiter != null && waiter.work != null && --waiter.work.waiters == 0) {
            works.remove(waiter.work.id);
        }
        return waiter;
    }

    private @Nullable RequestStory storyOf(Waiter waiter) {
        String request = waiter.request;
        if (waiter.story == null && request != null) {
            waiter.story = chronicle.request(request);
            waiter.story.about(waiter.name, host.name());
        }
        return waiter.story;
    }

    String host() {
        return host.name();
    }

    void tell(HostNotice notice) {
        switch (notice) {
            case HostNotice.CallerLooks looks -> {
                Waiter waiter = waiters.get(looks.caller());
                RequestStory story = waiter == null ? null : storyOf(waiter);
                if (story != null) {
                    story.add(words.of(
                            "request.looking",
                            "What was last seen of the host is too old to decide on; the host is looked at first."));
                }
            }
            case HostNotice.CallerQueued queued -> queued(queued);
            case HostNotice.CallerJoined joined -> joined(joined);
            case HostNotice.Begun begun -> {
                current = works.get(begun.operation());
                attempt = begun.attempt();
                if (begun.change() == HostNotice.Change.UNLOAD) {
                    both(begun.model().value(), words.unloading(begun, asker()));
                }
            }
            case HostNotice.Loading loading
            when loading.percent() > 0 -> {
                Happening progress = words.loading(loading, attempt, asker());
                chronicle.modelProgress(loading.model().value(), progress);
                Work work = current;
                if (work != null) {
                    work.story.progress(progress);
                }
            }
            case HostNotice.Loading loading -> both(loading.model().value(), words.loading(loading, attempt, asker()));
            default -> other(notice);
        }
    }

    private void other(HostNotice notice) {
        Happening happening = words.of(notice, asker());
        String model = ModelEvents.model(notice);
        Work work = current;
        if (happening != null && model != null) {
            both(model, happening);
        } else if (happening != null && work != null) {
            work.story.add(happening);
        }
        if (notice instanceof HostNotice.LoadSucceeded) {
            current = null;
        }
    }

    /** The request that the operation under way was begun for. */
    @Nullable
    String asker() {
        return current == null ? null : current.asker;
    }

    private void queued(HostNotice.CallerQueued queued) {
        Waiter waiter = waiters.get(queued.caller());
        String request = waiter == null ? null : waiter.request;
        Happening happening = words.queued(queued, request);
        chronicle.model(queued.model().value(), happening);
        if (waiter != null) {
            Work work = new Work(queued.operation(), queued.model().value(), chronicle.operation(), request);
            work.story.add(happening);
            works.put(work.id, work);
            waitFor(waiter, work, happening.order());
        }
    }

    private void joined(HostNotice.CallerJoined joined) {
        Waiter waiter = waiters.get(joined.caller());
        if (waiter == null) {
            return;
        }
        Work work = works.computeIfAbsent(
                joined.operation(), id -> new Work(id, joined.model().value(), chronicle.operation(), null));
        if (joined.underWay()) {
            current = work;
        }
        Happening happening = words.joined(joined).with("with", work.asker);
        waitFor(waiter, work, happening.order());
        if (waiter.story != null) {
            waiter.story.add(happening);
        }
    }

    private void waitFor(Waiter waiter, Work work, long since) {
        waiter.work = work;
        work.waiters++;
        RequestStory story = storyOf(waiter);
        if (story != null) {
            story.waitFor(work.story, since);
        }
    }

    /** Tells the model's story, and that of those who wait for the operation under way if it is about the same model. */
    private void both(String model, Happening happening) {
        chronicle.model(model, happening);
        Work work = current;
        if (work != null && work.model.equals(model)) {
            work.story.add(happening);
        }
    }
}
