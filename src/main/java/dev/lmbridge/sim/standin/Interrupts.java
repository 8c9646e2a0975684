package dev.lmbridge.sim.standin;

import java.lang.reflect.Proxy;

/**
 * Signals as events. Only {@code sun.misc.Signal} lets a Java process tell SIGINT from SIGTERM and choose its exit code; the compiler warns
 * of that class whatever is suppressed, so it is reached by reflection.
 */
final class Interrupts {
    private Interrupts() {}

    /** Takes a signal such as {@code INT} for the life of the process. */
    static void tell(String name, Runnable listener) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listening = Proxy.newProxyInstance(
                    Interrupts.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                        if (method.getName().equals("handle")) {
                            listener.run();
                        }
                        return null;
                    });
            Object taken = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, taken, listening);
        } catch (ReflectiveOperationException e) {
            // Without it the signal ends the process at once, with 130 or 143: less like lms, but it ends.
        }
    }
}
