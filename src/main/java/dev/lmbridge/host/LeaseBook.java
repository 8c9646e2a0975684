package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The leases of one host. Immutable; what is asked for in each step was worked out when it was made. */
public final class LeaseBook {
    static final LeaseBook EMPTY = new LeaseBook(new LinkedHashMap<>());

    private final Map<String, Lease> leases;
    private final Map<ModelKey, Held> held = new HashMap<>();
    private final Instant firstEnd;

    private record Held(int count, Instant until) {
        Held and(Held other) {
            return new Held(count + other.count, until.isAfter(other.until) ? until : other.until);
        }
    }

    private LeaseBook(Map<String, Lease> owned) {
        leases = owned;
        Instant first = Instant.MAX;
        for (Lease lease : owned.values()) {
            held.merge(lease.model(), new Held(1, lease.until()), Held::and);
            first = lease.until().isBefore(first) ? lease.until() : first;
        }
        firstEnd = first;
    }

    static LeaseBook of(Collection<Lease> leases) {
        return EMPTY.changed(copy -> leases.forEach(lease -> copy.put(lease.id(), lease)));
    }

    public Collection<Lease> all() {
        return Collections.unmodifiableCollection(leases.values());
    }

    public @Nullable Lease find(String id) {
        return leases.get(id);
    }

    public int size() {
        return leases.size();
    }

    public int of(ModelKey model) {
        Held all = held.get(model);
        return all == null ? 0 : all.count();
    }

    /** Every model that is leased. */
    Set<ModelKey> models() {
        return Collections.unmodifiableSet(held.keySet());
    }

    /** When the last lease of a model ends; {@link Instant#MIN} if there is none. */
    Instant until(ModelKey model) {
        Held all = held.get(model);
        return all == null ? Instant.MIN : all.until();
    }

    /** When the next of them ends; {@link Instant#MAX} if there is none. */
    Instant firstEnd() {
        return firstEnd;
    }

    LeaseBook with(Lease lease) {
        return changed(copy -> copy.put(lease.id(), lease));
    }

    LeaseBook without(Predicate<Lease> which) {
        return changed(copy -> copy.values().removeIf(which));
    }

    private LeaseBook changed(Consumer<Map<String, Lease>> change) {
        Map<String, Lease> copy = new LinkedHashMap<>(leases);
        change.accept(copy);
        return copy.isEmpty() ? EMPTY : new LeaseBook(copy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LeaseBook book && leases.equals(book.leases);
    }

    @Override
    public int hashCode() {
        return leases.hashCode();
    }

    @Override
    public String toString() {
        return leases.values().toString();
    }
}
