package dev.mneme.llm.openai;

import dev.mneme.llm.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a call of an OpenAI-like provider goes, and its headers. Azure has two kinds of addresses: its own, with the deployment in the
 * path and a version, and one that ends in {@code /openai/v1} and is like OpenAI's.
 */
record Place(Endpoint at, String path, Map<String, String> headers) {
    private static final String AZURE = "azure";

    /** @param path after the version: {@code /chat/completions}, {@code /embeddings} … */
    static Place of(Endpoint at, String model, String path) {
        return deployments(at) ? azure(at, "/openai/deployments/" + model + path) : new Place(at, path, headers(at));
    }

    /** A path of the provider itself, not of one of its models. */
    static Place of(Endpoint at, String path) {
        return deployments(at) ? azure(at, "/openai" + path) : new Place(at, path, headers(at));
    }

    /** Whether the place is an Azure resource with deployments in its paths. */
    static boolean deployments(Endpoint at) {
        return at.provider().equals(AZURE) && !at.baseUrl().endsWith("/v1");
    }

    private static Place azure(Endpoint at, String path) {
        String root = at.baseUrl().endsWith("/openai")
                ? at.baseUrl().substring(0, at.baseUrl().length() - "/openai".length())
                : at.baseUrl();
        String version = at.extras().getOrDefault("api-version", "");
        Endpoint there = new Endpoint(
                at.provider(),
                at.display(),
                root,
                at.apiKey(),
                at.requestTimeout(),
                at.streamTimeout(),
                at.extras(),
                at.guarded());
        return new Place(there, path + (path.contains("api-version=") ? "" : "?api-version=" + version), headers(at));
    }

    private static Map<String, String> headers(Endpoint at) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (at.apiKey() != null) {
            if (at.provider().equals(AZURE)) {
                headers.put("api-key", at.apiKey());
            } else {
                headers.put("Authorization", "Bearer " + at.apiKey());
            }
        }
        String referer = at.extras().get("referer");
        if (referer != null) {
            headers.put("HTTP-Referer", referer);
        }
        String title = at.extras().get("title");
        if (title != null) {
            headers.put("X-Title", title);
        }
        return headers;
    }
}
