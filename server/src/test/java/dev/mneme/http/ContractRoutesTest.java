package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every operation of the contract's openapi.json is served here, or stands in this list with its reason. */
class ContractRoutesTest {
    private static final String CLOUD = "only the hosted service had it";

    /** Beginnings of operations that are not served. Each must still be needed. */
    private static final Map<String, String> ABSENT = Map.ofEntries(
            Map.entry("POST /v1/agents/search", CLOUD),
            Map.entry("GET /v1/agents/search/count", CLOUD),
            Map.entry("GET /v1/agents/{}/memory-files/", CLOUD),
            Map.entry("GET /v1/device-storage-key", CLOUD),
            Map.entry("GET /v1/feeds", CLOUD),
            Map.entry("POST /v1/feeds", CLOUD),
            Map.entry("PATCH /v1/feeds", CLOUD),
            Map.entry("DELETE /v1/feeds", CLOUD),
            Map.entry("POST /v1/legacy-templates/", CLOUD),
            Map.entry("GET /v1/pipelines", CLOUD),
            Map.entry("POST /v1/pipelines", CLOUD),
            Map.entry("PATCH /v1/pipelines", CLOUD),
            Map.entry("DELETE /v1/pipelines", CLOUD),
            Map.entry("GET /v1/projects", CLOUD),
            Map.entry("POST /v1/projects", CLOUD),
            Map.entry("DELETE /v1/projects", CLOUD),
            Map.entry("GET /v1/sandboxes", CLOUD),
            Map.entry("POST /v1/sandboxes", CLOUD),
            Map.entry("GET /v1/templates/{}/{}/snapshot", CLOUD),
            Map.entry("PUT /v1/templates/{}/{}/snapshot", CLOUD));

    private static Set<String> contract() throws IOException {
        try (InputStream in = ContractRoutesTest.class.getResourceAsStream("/contract-routes.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(ContractRoutesTest::plain)
                    .collect(Collectors.toSet());
        }
    }

    /** Names of parameters do not count. */
    private static String plain(String operation) {
        return operation.replaceAll("\\{[^}]*}", "{}");
    }

    private static boolean excused(String operation) {
        return ABSENT.keySet().stream().anyMatch(operation::startsWith);
    }

    @Test
    void everyOperationIsServedOrExcused() throws IOException {
        Set<String> served = ApiPage.routes().stream()
                .map(route -> plain(route.method() + " " + OpenApi.plain(route)))
                .collect(Collectors.toSet());
        Set<String> contract = contract();

        assertThat(contract).hasSizeGreaterThan(250);
        assertThat(contract.stream().filter(one -> !served.contains(one) && !excused(one)))
                .as("operations of the contract that are missing")
                .isEmpty();
        assertThat(ABSENT.keySet().stream()
                        .filter(begin ->
                                contract.stream().noneMatch(one -> one.startsWith(begin) && !served.contains(one))))
                .as("excuses that nobody needs")
                .isEmpty();
    }
}
