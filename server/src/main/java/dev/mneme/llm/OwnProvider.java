package dev.mneme.llm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A provider that an organisation brought a key of its own for (contract 09 §2).
 *
 * @param name prefix of its models' handles
 * @param type the provider whose language and address it has, such as {@code anthropic}
 * @param apiKey null: called without one; never printed
 * @param baseUrl null: the type's public address
 * @param version changes whenever the key or the address does, so that lists are not kept beyond that
 */
public record OwnProvider(
        String id,
        String name,
        String type,
        @Nullable String apiKey,
        @Nullable String baseUrl,
        @Nullable String apiVersion,
        long version) {
    /** The providers of each organisation. */
    public interface Keyring extends Function<String, List<OwnProvider>> {
        /** Nobody has a key of their own. */
        Keyring EMPTY = organization -> List.of();
    }

    /** Whether a provider of this type can be called with nothing but a key and an address. */
    public static boolean canBe(String type, @Nullable String baseUrl) {
        KnownProvider known = KnownProvider.of(type);
        return known != null && !known.cloud() && (known.publicUrl != null || baseUrl != null);
    }

    /** Whether the name is that of a provider of the server itself, in any spelling. */
    public static boolean isBaseName(String name) {
        return KnownProvider.of(name) != null
                || List.of("letta", "demo", "mneme").contains(name.toLowerCase(Locale.ROOT));
    }

    /** The public address of a type; null: it has none. */
    public static @Nullable String publicUrl(String type) {
        KnownProvider known = KnownProvider.of(type);
        return known == null ? null : known.publicUrl;
    }

    KnownProvider known() {
        KnownProvider known = KnownProvider.of(type);
        return known == null ? KnownProvider.OPENAI : known;
    }

    /** Where it is called: always its stored address, whatever a config says, and through the guard. */
    Endpoint endpoint() {
        KnownProvider known = known();
        Map<String, String> extras = new LinkedHashMap<>(known.defaults());
        if (apiVersion != null) {
            extras.put("api-version", apiVersion);
        }
        String address = baseUrl == null ? String.valueOf(known.publicUrl) : baseUrl;
        return new Endpoint(
                known.prefix,
                known.display,
                known.address(address),
                apiKey,
                LlmOptions.DEFAULT_TIMEOUT,
                LlmOptions.DEFAULT_TIMEOUT,
                Map.copyOf(extras),
                true);
    }

    @Override
    public String toString() {
        return "OwnProvider[" + name + " of type " + type + (apiKey == null ? ", no key]" : ", key ***]");
    }
}
