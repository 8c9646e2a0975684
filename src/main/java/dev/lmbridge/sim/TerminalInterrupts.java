package dev.lmbridge.sim;

/**
 * Ctrl-C in a terminal interrupts every process of the group. A simulation that belongs to a service must outlast it: the service lets
 * answers finish first, and ends the simulation then. {@code sun.misc.Signal} is reached by reflection, since the compiler warns of it
 * whatever is suppressed.
 */
final class TerminalInterrupts {
    private TerminalInterrupts() {}

    static void leaveToTheParent() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler)
                    .invoke(null, interrupt, handler.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            // Then Ctrl-C cuts off the answers that the simulation still gives.
        }
    }
}
