package dev.mneme.llm;

import org.jspecify.annotations.Nullable;

/** Whose a bare model name is. Thread-safe. */
final class Names {
    private final Providers providers;
    private final Catalogue catalogue;
    private final Listings listings;

    Names(Providers providers, Catalogue catalogue, Listings listings) {
        this.providers = providers;
        this.catalogue = catalogue;
        this.listings = listings;
    }

    /** The handle: of a configured provider that is known for the name or lists it, else of the one it is known from; null: nobody's. */
    @Nullable
    String handle(String name, boolean embedder) {
        Catalogue.Entry entry = catalogue.find(name);
        KnownProvider known = entry == null || entry.provider() == null || (entry.dim() != null) != embedder
                ? null
                : KnownProvider.of(entry.provider());
        if (known != null && providers.configured(known) != null) {
            return providers.prefix(known) + "/" + name;
        }
        for (KnownProvider provider : providers.configured()) {
            if (lists(provider, name)) {
                return providers.prefix(provider) + "/" + name;
            }
        }
        return known == null ? null : known.prefix + "/" + name;
    }

    boolean lists(KnownProvider provider, String name) {
        return listings.of(provider.prefix).stream().anyMatch(listed -> same(listed.name(), name));
    }

    /** Ollama lists {@code x:latest} for what people call {@code x}. */
    static boolean same(String listed, String asked) {
        return listed.equals(asked) || listed.equals(asked + ":latest");
    }

    static String prefix(String handle) {
        int slash = handle.indexOf('/');
        return slash < 0 ? handle : handle.substring(0, slash);
    }
}
