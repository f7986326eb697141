package dev.mneme.http;

import dev.mneme.account.ApiKeys;
import dev.mneme.account.People;
import dev.mneme.account.ProviderKeys;
import dev.mneme.llm.OwnProvider;

/** Who may use this server: keys, people, organisations (decision 0022), and their own providers (0027). */
public record Tenancy(ApiKeys keys, People people, ProviderKeys providers) {
    /** The keyring of models over stored providers. */
    public static OwnProvider.Keyring keyring(ProviderKeys keys) {
        return org -> keys.opened(org).stream().map(ProviderRoutes::own).toList();
    }
}
