package dev.mneme.http;

import dev.mneme.account.AccessTokens;
import dev.mneme.account.Environments;
import dev.mneme.agent.Deployments;
import dev.mneme.agent.Templates;
import dev.mneme.run.Schedules;

/** What only the hosted service had besides the open server's contract (decision 0023). */
public record Hosted(
        Schedules schedules,
        Templates templates,
        Deployments deployments,
        AccessTokens accessTokens,
        Environments environments) {}
