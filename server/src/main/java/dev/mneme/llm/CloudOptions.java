package dev.mneme.llm;

import dev.mneme.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two clouds that are configured by more than a key: where they are called and as whom, read from their usual variables. */
final class CloudOptions {
    static final List<LlmOptions.Variable> VARIABLES = List.of(
            new LlmOptions.Variable(
                    "GOOGLE_CLOUD_PROJECT", "Project of Vertex AI; with GOOGLE_CLOUD_LOCATION configures it.", false),
            new LlmOptions.Variable(
                    "GOOGLE_CLOUD_LOCATION", "Location of Vertex AI, such as us-central1 or global.", false),
            new LlmOptions.Variable(
                    "GOOGLE_APPLICATION_CREDENTIALS",
                    "Key file for Vertex AI: of a service account or of a user; default is gcloud's own file.",
                    false),
            new LlmOptions.Variable(
                    "GOOGLE_OAUTH_ACCESS_TOKEN", "Access token for Vertex AI instead of a key file.", true),
            new LlmOptions.Variable(
                    "AWS_ACCESS_KEY_ID", "Access key for Bedrock; with the secret configures it.", false),
            new LlmOptions.Variable("AWS_SECRET_ACCESS_KEY", "Secret of that key.", true),
            new LlmOptions.Variable("AWS_SESSION_TOKEN", "Session token of temporary AWS keys.", true),
            new LlmOptions.Variable("AWS_REGION", "Region of Bedrock; wins over AWS_DEFAULT_REGION.", false),
            new LlmOptions.Variable("AWS_DEFAULT_REGION", "Region of Bedrock, default us-east-1.", false),
            new LlmOptions.Variable(
                    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "Address of Bedrock's runtime instead of AWS's own.", false),
            new LlmOptions.Variable("GOOGLE_VERTEX_BASE_URL", "Address of Vertex AI instead of Google's own.", false));

    private static final String DEFAULT_REGION = "us-east-1";

    private CloudOptions() {}

    /** Where a cloud is called and as whom. key: what the codec of its language reads as credentials. */
    record Place(String url, @Nullable String key) {}

    /** The place of a provider that is configured here; null: its variables are not set. */
    static @Nullable Place of(KnownProvider provider, Map<String, String> environment) {
        return switch (provider) {
            case GOOGLE_VERTEX -> vertex(environment);
            case BEDROCK -> bedrock(environment);
            default -> null;
        };
    }

    private static @Nullable Place vertex(Map<String, String> environment) {
        String project = text(environment, "GOOGLE_CLOUD_PROJECT");
        String location = text(environment, "GOOGLE_CLOUD_LOCATION");
        if (project == null || location == null) {
            return null;
        }
        String host = location.equals("global")
                ? "https://aiplatform.googleapis.com"
                : "https://" + location + "-aiplatform.googleapis.com";
        String own = text(environment, "GOOGLE_VERTEX_BASE_URL");
        String root = own == null ? host : own.replaceFirst("/+$", "");
        return new Place(root + "/v1/projects/" + project + "/locations/" + location, googleCredentials(environment));
    }

    private static @Nullable String googleCredentials(Map<String, String> environment) {
        String token = text(environment, "GOOGLE_OAUTH_ACCESS_TOKEN");
        if (token != null) {
            return token;
        }
        String file = text(environment, "GOOGLE_APPLICATION_CREDENTIALS");
        try {
            if (file != null) {
                return Files.readString(Path.of(file)).strip();
            }
            Path usual = Path.of(
                    environment.getOrDefault("HOME", "/"), ".config/gcloud/application_default_credentials.json");
            return Files.isReadable(usual) ? Files.readString(usual).strip() : null;
        } catch (IOException e) {
            throw Problem.invalid("GOOGLE_APPLICATION_CREDENTIALS names a file that cannot be read: " + file);
        }
    }

    private static @Nullable Place bedrock(Map<String, String> environment) {
        String id = text(environment, "AWS_ACCESS_KEY_ID");
        String secret = text(environment, "AWS_SECRET_ACCESS_KEY");
        if (id == null || secret == null) {
            return null;
        }
        String region = text(environment, "AWS_REGION");
        region = region == null ? text(environment, "AWS_DEFAULT_REGION") : region;
        region = region == null ? DEFAULT_REGION : region;
        String url = text(environment, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
        String session = text(environment, "AWS_SESSION_TOKEN");
        return new Place(
                url == null ? "https://bedrock-runtime." + region + ".amazonaws.com" : url.replaceFirst("/+$", ""),
                String.join("\n", id, secret, region, session == null ? "" : session));
    }

    private static @Nullable String text(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
