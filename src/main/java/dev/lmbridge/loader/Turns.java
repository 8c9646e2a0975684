package dev.lmbridge.loader;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** Events are worked off one after the other: what happens while one is worked on waits for the next turn. For one thread. */
final class Turns<E> {
    private final Consumer<E> work;
    private final Queue<E> inbox = new ArrayDeque<>();
    private boolean working;

    Turns(Consumer<E> work) {
        this.work = work;
    }

    /** What {@code work} throws comes from the outermost call; the events after it wait for the next. */
    void take(E event) {
        inbox.add(event);
        if (working) {
            return;
        }
        working = true;
        try {
            while (!inbox.isEmpty()) {
                work.accept(inbox.remove());
            }
        } finally {
            working = false;
        }
    }
}
