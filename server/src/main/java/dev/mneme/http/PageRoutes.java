package dev.mneme.http;

import java.util.List;
import java.util.function.Supplier;

/** The pages for people and the machine-readable reference; made once, when first asked for. Thread-safe. */
final class PageRoutes {
    private static final String HTML = "text/html; charset=utf-8";

    private final Supplier<List<Route>> all;
    private final String version;

    /** all: the whole table, known only once it has been built. */
    PageRoutes(Supplier<List<Route>> all, String version) {
        this.all = all;
        this.version = version;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/", "The front page").hidden().by(call -> Answer.page(HTML, DocsPage.front(version))),
                Route.get("/docs", "This reference")
                        .hidden()
                        .by(call -> Answer.page(HTML, DocsPage.reference(all.get(), version))),
                Route.get("/redoc", "This reference")
                        .hidden()
                        .by(call -> Answer.page(HTML, DocsPage.reference(all.get(), version))),
                Route.get("/openapi.json", "This reference as OpenAPI 3.1")
                        .hidden()
                        .by(call -> Answer.ok(OpenApi.of(all.get(), version))));
    }
}
