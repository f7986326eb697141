package dev.mneme.tool.sandbox.inmate;

import java.lang.reflect.Field;
import java.util.Map;

/** What {@link System#getenv()} shows: the JDK reads it once, the jobs each bring their own. Needs java.lang and java.util opened. */
final class Environment {
    private Environment() {}

    @SuppressWarnings("unchecked")
    static void set(Map<String, String> values) {
        Map<String, String> shown = System.getenv();
        try {
            Field inner = shown.getClass().getDeclaredField("m");
            inner.setAccessible(true);
            Map<String, String> map = (Map<String, String>) inner.get(shown);
            if (map != null) {
                map.keySet().retainAll(values.keySet());
                map.putAll(values);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java keeps its environment elsewhere", e);
        }
    }
}
