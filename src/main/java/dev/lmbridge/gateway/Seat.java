package dev.lmbridge.gateway;

import org.jspecify.annotations.Nullable;

/** What one request has of the places at its instance: none, one in the line, or one to work at. For one thread. */
final class Seat {
    private final Slots.Waiter waiter;
    private @Nullable Slots slots;
    private boolean inLine;

    /** @param waiter who is told when a place after a wait is free */
    Seat(Slots.Waiter waiter) {
        this.waiter = waiter;
    }

    /** Takes one, unless these are full. */
    Slots.Entry take(Slots wanted) {
        Slots.Entry entry = wanted.enter(waiter);
        slots = entry == Slots.Entry.FULL ? null : wanted;
        inLine = entry == Slots.Entry.WAITS;
        return entry;
    }

    /** The waiter is told; true if it still waited, so that it begins now. */
    boolean turnHasCome() {
        boolean waited = inLine;
        inLine = false;
        return waited;
    }

    /** Those it has a place at, or waits for; null if none. */
    @Nullable
    Slots slots() {
        return slots;
    }

    void giveBack() {
        Slots there = slots;
        if (there == null) {
            return;
        }
        boolean waited = turnHasCome();
        slots = null;
        // Who is not in the line any more was given a place, even if that has not been heard here yet.
        if (!waited || !there.withdraw(waiter)) {
            there.leave();
        }
    }
}
