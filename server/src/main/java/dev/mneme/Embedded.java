package dev.mneme;

import dev.mneme.config.Options;
import dev.mneme.config.Presence;
import dev.mneme.config.Setting;
import dev.mneme.config.StartRefused;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server inside another program is to be (decision 0038). Immutable: each call gives another one. Without {@link #port} it listens
 * nowhere and is reached by {@link Mneme#client} alone.
 *
 * @param folder where its data lies; one server at a time may use it
 * @param settings by their names in docs/gen/settings.md, and what providers read (OPENAI_API_KEY, …)
 * @param port TCP port on MNEME_HOST (127.0.0.1 unless set), 0: a free one; null: none
 */
public record Embedded(
        Path folder, Map<String, String> settings, @Nullable Integer port) {
    public Embedded {
        settings = Map.copyOf(settings);
    }

    /** With one setting more. The process's environment holds for what is not set. */
    public Embedded set(String name, String value) {
        Map<String, String> more = new HashMap<>(settings);
        more.put(name, value);
        return settings(more);
    }

    /** With these settings alone, and nothing of the process's environment. */
    public Embedded settings(Map<String, String> all) {
        return new Embedded(folder, all, port);
    }

    /** Listens on that TCP port too (0: a free one), for other programs, the web page, and tools whose code calls the server. */
    public Embedded port(int number) {
        return new Embedded(folder, settings, number);
    }

    /** Starts it; it answers when this returns. Throws {@link StartRefused} with one line that says what to do. */
    public Mneme start() {
        Map<Setting, String> flags = new HashMap<>();
        flags.put(Setting.DATA_FOLDER, folder.toString());
        if (port != null) {
            flags.put(Setting.PORT, port.toString());
        }
        Options options = Options.read(flags, settings);
        return Mneme.start(port == null ? options.with(Presence.INSIDE) : options);
    }
}
