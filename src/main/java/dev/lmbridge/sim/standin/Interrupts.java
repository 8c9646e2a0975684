package dev.lmbridge.sim.standin;

import java.lang.reflect.Proxy;

/**
 * SIGINT as an event. Only {@code sun.misc.Signal} lets a Java process tell it from SIGTERM and choose its exit code; the compiler warns
 * of that class whatever is suppressed, so it is reached by reflection.
 */
final class Interrupts {
    private Interrupts() {}

    static void tell(Runnable listener) {
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
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, listening);
        } catch (ReflectiveOperationException e) {
            // Without it SIGINT ends the process at once, with 130: less like lms, but it ends.
        }
    }
}
