package dev.mneme.http;

import dev.mneme.account.ApiKeys;
import dev.mneme.account.People;

/** Who may use this server: keys, people, organisations (decision 0022). */
public record Tenancy(ApiKeys keys, People people) {}
