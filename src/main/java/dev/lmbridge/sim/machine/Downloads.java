package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.machine.DownloadPlan.Availability;
import dev.lmbridge.sim.machine.DownloadPlan.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The downloads of a machine, running and past. A finished one is in the catalogue of the machine. */
public final class Downloads {
    /** So quick that a small model comes in less than a second, and so slow that a person sees it come. */
    public static final long USUAL_BYTES_PER_SECOND = 400_000_000;

    /** How long it takes to find out what there is to download. */
    public static final Duration RESOLVING = Duration.ofMillis(150);

    private static final int JOBS_KEPT = 64;
    private static final long ID_STEP = 0x9E3779B97FL;
    private static final long ID_MASK = 0xFFFFFFFFFFL;

    private final SimMachine machine;
    private final Hub hub;
    private final List<DownloadJob> jobs = new ArrayList<>();
    private long bytesPerSecond = USUAL_BYTES_PER_SECOND;
    private long lastNumber;

    Downloads(SimMachine machine, Hub hub) {
        this.machine = machine;
        this.hub = hub;
    }

    /** What came of looking a request up. */
    public sealed interface Resolution {
        /** It can be carried out. */
        record Planned(DownloadPlan plan) implements Resolution {}

        /** There is nothing of this name. */
        record Unknown(String reason) implements Resolution {}
    }

    public Hub hub() {
        return hub;
    }

    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** The speed of each download from its next tick on. */
    public void bytesPerSecond(long speed) {
        if (speed < 1) {
            throw new IllegalArgumentException("The speed of downloads must be at least one byte per second");
        }
        bytesPerSecond = speed;
    }

    /** Running ones and the latest ended ones, in the order of their beginning. */
    public List<DownloadJob> jobs() {
        return List.copyOf(jobs);
    }

    public Optional<DownloadJob> find(String id) {
        return jobs.stream().filter(job -> job.id().equals(id)).findFirst();
    }

    /** The catalogue, and after it what could be in it: all that a fault can be limited to. */
    public Catalogue known() {
        Stream<CatalogueModel> toCome = hub.models().stream()
                .flatMap(model -> Stream.of(true, false)
                        .filter(asArtifact -> !asArtifact || model.artifact() != null)
                        .map(asArtifact ->
                                model.downloaded(model.files().getFirst(), asArtifact, model.modelKey(asArtifact))));
        return new Catalogue(
                Stream.concat(machine.catalogue().models().stream(), toCome).toList());
    }

    /** Looks up what a request means; the answer comes after {@link #RESOLVING}. */
    public Agenda.Entry resolve(DownloadRequest request, Consumer<Resolution> then) {
        return machine.agenda().in(RESOLVING, () -> then.accept(resolveNow(request)));
    }

    /** As {@link #resolve}, at once. The words are LM Studio's (lmstudio-bug-tracker, issues 1103 and 1770). */
    public Resolution resolveNow(DownloadRequest request) {
        Optional<HubModel> found =
                request.artifact() ? hub.byArtifact(request.name()) : hub.byRepository(request.name());
        if (found.isEmpty() && request.artifact()) {
            return new Resolution.Unknown("Failed to resolve artifact \"" + request.name()
                    + "\": The artifact does not exist or you do not have permission to read it");
        }
        List<HubFile> files = found.stream()
                .flatMap(model -> model.files().stream())
                .filter(file -> request.formats().isEmpty() || request.formats().contains(file.format()))
                .toList();
        if (files.isEmpty()) {
            String why = found.isEmpty() ? "Api error with status 404" : "no compatible files";
            return new Resolution.Unknown(
                    "Failed to resolve model " + request.name().toLowerCase(Locale.ROOT) + ": " + why);
        }
        return new Resolution.Planned(plan(request, found.get(), files));
    }

    /** Begins a download of the chosen file, or answers the one that is on its way; empty if nothing is to be fetched. */
    public Optional<DownloadJob> start(DownloadPlan plan) {
        Optional<HubFile> file = plan.selection().map(Option::file);
        if (file.isEmpty()
                || availability(plan.model(), file.get(), plan.request().artifact()) == Availability.DOWNLOADED) {
            return Optional.empty();
        }
        Optional<DownloadJob> running = running(file.get(), plan.modelKey());
        if (running.isPresent()) {
            return running;
        }
        String id = String.format(Locale.ROOT, "job_%010x", ++lastNumber * ID_STEP & ID_MASK);
        DownloadJob job = new DownloadJob(machine, id, plan, file.get());
        jobs.add(job);
        dropOldest();
        job.begin();
        return Optional.of(job);
    }

    /** The file has come. */
    void keep(DownloadPlan plan, HubFile file) {
        HubModel model = plan.model();
        boolean asArtifact = plan.request().artifact();
        Catalogue catalogue = machine.catalogue();
        Optional<CatalogueModel> there = catalogue.byKey(plan.modelKey());
        if (asArtifact && there.isPresent()) {
            machine.catalogue(catalogue.replace(there.get().withVariant(model.variant(file))));
        } else {
            String key = there.isEmpty()
                    ? plan.modelKey()
                    : plan.modelKey() + "@" + file.quantization().name().toLowerCase(Locale.ROOT);
            machine.catalogue(catalogue.with(model.downloaded(file, asArtifact, key)));
        }
    }

    void forget(DownloadJob job) {
        jobs.remove(job);
    }

    private DownloadPlan plan(DownloadRequest request, HubModel model, List<HubFile> files) {
        long budget = machine.settings().engine().memoryBytes();
        List<Option> options = files.stream()
                .map(file -> new Option(
                        file,
                        availability(model, file, request.artifact()),
                        file.sizeBytes() + file.sizeBytes() / 20 <= budget))
                .toList();
        boolean owned = options.stream().anyMatch(option -> option.availability() == Availability.DOWNLOADED);
        Integer selected = preferred(request, files).orElse(owned ? null : (Integer) 0);
        return new DownloadPlan(request, model, model.modelKey(request.artifact()), options, selected, 0);
    }

    private static Optional<Integer> preferred(DownloadRequest request, List<HubFile> files) {
        return index(files, file -> file.name().equals(request.fileName()))
                .or(() -> index(
                        files,
                        file -> file.quantization()
                                .name()
                                .equalsIgnoreCase(Objects.requireNonNullElse(request.quantization(), ""))));
    }

    private static Optional<Integer> index(List<HubFile> files, java.util.function.Predicate<HubFile> wanted) {
        return IntStream.range(0, files.size())
                .filter(i -> wanted.test(files.get(i)))
                .boxed()
                .findFirst();
    }

    private Availability availability(HubModel model, HubFile file, boolean asArtifact) {
        Catalogue catalogue = machine.catalogue();
        boolean there = asArtifact
                ? catalogue
                        .byKey(model.modelKey(true))
                        .filter(owned -> owned.variants().contains(model.variant(file)))
                        .isPresent()
                : catalogue.byPath(file.path()).isPresent();
        if (there) {
            return Availability.DOWNLOADED;
        }
        return running(file, model.modelKey(asArtifact)).isPresent()
                ? Availability.DOWNLOADING
                : Availability.NOT_DOWNLOADED;
    }

    private Optional<DownloadJob> running(HubFile file, @Nullable String key) {
        return jobs.stream()
                .filter(job -> !job.state().isOver())
                .filter(job -> job.file().equals(file) && job.modelKey().equals(key))
                .findFirst();
    }

    /** There are fewer files in the hub than jobs are kept, and so the oldest ended one can always go. */
    private void dropOldest() {
        if (jobs.size() > JOBS_KEPT) {
            jobs.stream().filter(job -> job.state().isOver()).findFirst().ifPresent(jobs::remove);
        }
    }
}
