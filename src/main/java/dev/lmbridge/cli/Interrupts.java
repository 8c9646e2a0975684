package dev.lmbridge.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C while something is under way: heard, instead of ending the program. {@code sun.misc.Signal} is reached by reflection, since
 * the compiler warns of it whatever is suppressed; where there is none, Ctrl-C ends the program as ever.
 */
final class Interrupts implements AutoCloseable {
    private final @Nullable Object before;

    private Interrupts(@Nullable Object before) {
        this.before = before;
    }

    /** From now until the close, Ctrl-C runs {@code then}, on a thread of its own. */
    static Interrupts heardBy(Runnable then) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return objectMethod(self, method, arguments);
                        }
                        then.run();
                        return null;
                    });
            return new Interrupts(handle(proxy));
        } catch (ReflectiveOperationException | RuntimeException none) {
            return new Interrupts(null);
        }
    }

    @SuppressWarnings("ReferenceEquality") // That is what a proxy is equal to.
    private static @Nullable Object objectMethod(Object self, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "Ctrl-C";
        };
    }

    private static @Nullable Object handle(Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Object interrupt = signal.getConstructor(String.class).newInstance("INT");
        return signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
                .invoke(null, interrupt, handler);
    }

    @Override
    public void close() {
        if (before != null) {
            try {
                handle(before);
            } catch (ReflectiveOperationException | RuntimeException none) {
                // It was there a moment ago; then Ctrl-C stays with whoever had it last.
            }
        }
    }
}
