package dev.mneme.http;

import dev.mneme.llm.Models;
import dev.mneme.memory.Recall;
import dev.mneme.search.Index;
import dev.mneme.wire.IndexView;
import dev.mneme.wire.ProviderState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Routes of Mneme's own for whoever runs a server: what state its parts are in. */
final class DiagnosticRoutes {
    private final Recall recall;
    private final Models models;

    DiagnosticRoutes(Recall recall, Models models) {
        this.recall = recall;
        this.models = models;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/diagnostics/index", "How far the search index is behind the database")
                        .gives(IndexView.class)
                        .by(call -> Answer.ok(view(recall.indexStatus()))),
                Route.get(
                                "/v1/diagnostics/providers",
                                "Each configured provider: its address, whether it answers, how many models it lists")
                        .givesList(ProviderState.class)
                        .by(call -> Answer.ok(providers())));
    }

    private static IndexView view(Index.IndexStatus status) {
        boolean caughtUp = status.waiting() == 0 && !status.rebuilding() && !status.linking();
        return new IndexView(
                caughtUp,
                status.rebuilding(),
                status.linking(),
                status.kinds().stream()
                        .map(kind -> new IndexView.Kind(kind.kind(), kind.held(), kind.waiting()))
                        .toList(),
                status.folder());
    }

    private List<ProviderState> providers() {
        // Listing asks every provider whose last answer has grown old; what fails leaves its reason as the note.
        Map<String, Long> counts = models.list().stream()
                .collect(Collectors.groupingBy(
                        card -> Objects.requireNonNullElse(card.config().providerName(), ""), Collectors.counting()));
        return models.providers().stream()
                .map(provider -> new ProviderState(
                        provider.name(),
                        provider.baseUrl(),
                        provider.hasKey(),
                        provider.baseUrl() == null || provider.note() == null,
                        counts.getOrDefault(provider.name(), 0L).intValue(),
                        provider.note()))
                .toList();
    }
}
