package dev.mneme.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What went wrong at a provider, in the contract's sentences (09 §6, 03 §8) and with the provider's own words. Pure. */
public final class Failures {
    private static final String GENERAL = "An error occurred with the LLM request.";

    /** Characters of a provider's answer that are passed on; pages of HTML help nobody. */
    private static final int LONGEST = 2_000;

    /** Characters; anything shorter is a placeholder for servers that want no key, and replacing it would garble words. */
    private static final int SHORTEST_KEY = 7;

    private Failures() {}

    /** A status other than 2xx. */
    public static ModelException status(Endpoint at, int status, String body) {
        ModelException plain = plain(at, status, body);
        return mayPass(status, body)
                ? new ModelException(plain.kind(), plain.sentence(), plain.detail(), plain.getCause(), true)
                : plain;
    }

    private static ModelException plain(Endpoint at, int status, String body) {
        String said = "Error code: " + status + " - " + shown(at, body);
        if (isTooLong(status, body)) {
            return failure(
                    ProblemCode.LLM_CONTEXT_WINDOW,
                    "The messages do not fit into the model's context window.",
                    "CONTEXT_WINDOW_EXCEEDED: Context window exceeded for " + at.display() + ": " + said);
        }
        return switch (isBadKey(status, body) ? 401 : status) {
            case 401 ->
                failure(
                        ProblemCode.LLM_AUTHENTICATION,
                        "Authentication failed with the LLM model provider.",
                        "UNAUTHENTICATED: Authentication failed with " + at.display() + ": " + said);
            case 402 -> credits(at, said);
            case 429 ->
                isSpent(status, body)
                        ? credits(at, said)
                        : failure(
                                ProblemCode.LLM_RATE_LIMIT,
                                "Rate limit exceeded for LLM model provider. Please wait before making another request.",
                                "RATE_LIMIT_EXCEEDED: Rate limited by " + at.display() + ": " + said);
            case 408, 504 -> timeout(at, said);
            case 400, 413 ->
                failure(
                        ProblemCode.LLM_BAD_REQUEST,
                        "The LLM model provider refused the request as invalid.",
                        "INVALID_ARGUMENT: Bad request to " + at.display() + ": " + said);
            case 403 ->
                at.provider().equals("bedrock")
                        ? failure(
                                ProblemCode.BEDROCK_PERMISSION_DENIED,
                                "AWS Bedrock refused access to the model.",
                                "PERMISSION_DENIED: Permission denied by " + at.display() + ": " + said)
                        : general("Permission denied by " + at.display() + ": " + said, null);
            case 404 -> general("Resource not found in " + at.display() + ": " + said, null);
            case 422 -> general("Invalid request content for " + at.display() + ": " + said, null);
            default ->
                status == 529 || (status == 503 && at.provider().equals("anthropic"))
                        ? general(at.display() + " is overloaded: " + said, null)
                        : general(at.display() + " API error: " + said, null);
        };
    }

    /** A candidate that the provider's filter stopped, with its reason; asked again it may well answer. */
    public static ModelException withheld(Endpoint at, String reason) {
        return new ModelException(
                ProblemCode.LLM_BAD_REQUEST,
                "The LLM model provider withheld the answer.",
                "INVALID_ARGUMENT: " + at.display() + " stopped the answer by its content filter: " + reason,
                null,
                true);
    }

    /** An answer without text and without calls, where asking again often helps. reason: the provider's word for it, or empty. */
    public static ModelException nothing(Endpoint at, String reason) {
        ModelException e = empty(at);
        String why = reason.isEmpty() ? "" : " (" + reason + ")";
        return new ModelException(e.kind(), e.sentence(), e.detail() + why, null, true);
    }

    /** The request never reached the provider. */
    public static ModelException unreachable(Endpoint at, Exception cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new ModelException(
                ProblemCode.LLM_ERROR,
                GENERAL,
                "INTERNAL_SERVER_ERROR: Failed to connect to " + at.display() + " at " + at.baseUrl()
                        + ": Connection error. (" + why + ")",
                cause,
                true);
    }

    /** The place itself will not do: a bad address, or one that the outbound guard refuses. */
    public static ModelException place(String why, @Nullable Throwable cause) {
        return new ModelException(ProblemCode.LLM_BAD_REQUEST, why, "INVALID_ARGUMENT: " + why, cause);
    }

    /** No answer, or silence in the middle of one, for longer than the provider's timeout. */
    public static ModelException timeout(Endpoint at, Duration waited) {
        return timeout(at, "no answer within " + waited.toSeconds() + " s");
    }

    private static ModelException timeout(Endpoint at, String said) {
        return failure(
                ProblemCode.LLM_TIMEOUT,
                "The LLM model provider did not answer in time.",
                "DEADLINE_EXCEEDED: Request to " + at.display() + " timed out: " + said);
    }

    /** The connection broke, or the stream ended, before the answer was whole. */
    public static ModelException cut(Endpoint at, @Nullable Exception cause) {
        String why = cause == null || cause.getMessage() == null
                ? "the provider closed the stream before the answer was complete"
                : cause.getMessage();
        return new ModelException(
                ProblemCode.LLM_ERROR,
                GENERAL,
                "INTERNAL_SERVER_ERROR: Connection error during " + at.display() + " streaming: " + why,
                cause,
                true);
    }

    /** An error that came inside a stream. */
    public static ModelException inStream(Endpoint at, JsonNode error) {
        JsonNode inner = error.has("error") ? error.get("error") : error;
        JsonNode code = inner.path("code");
        int status = code.isInt() ? code.asInt() : byWord(inner.path("type").asText(), code.asText());
        return status(at, status, error.toString());
    }

    private static int byWord(String type, String code) {
        return switch (type) {
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "rate_limit_error" -> 429;
            case "invalid_request_error" -> 400;
            case "request_too_large" -> 413;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 529;
            default -> byCode(code);
        };
    }

    /** The Responses language of OpenAI tells codes and no types. */
    private static int byCode(String code) {
        return switch (code) {
            case "invalid_api_key" -> 401;
            case "model_not_found" -> 404;
            case "rate_limit_exceeded", "insufficient_quota" -> 429;
            case "context_length_exceeded", "invalid_prompt", "invalid_encrypted_content" -> 400;
            default -> 500;
        };
    }

    /** An answer that is not what the provider's language allows. */
    public static ModelException garbage(Endpoint at, String body) {
        return general(at.display() + " sent an answer that cannot be read: " + shown(at, body), null);
    }

    /** An answer without text and without calls. */
    public static ModelException empty(Endpoint at) {
        return failure(
                ProblemCode.LLM_EMPTY_RESPONSE,
                GENERAL,
                "INTERNAL_SERVER_ERROR: " + at.display() + " sent an empty answer: neither text nor a tool call");
    }

    /** The answer was withheld. */
    public static ModelException filtered(Endpoint at) {
        return failure(
                ProblemCode.LLM_BAD_REQUEST,
                "The LLM model provider withheld the answer.",
                "INVALID_ARGUMENT: " + at.display() + " stopped the answer by its content filter");
    }

    /** This thread was asked to stop. */
    public static ModelException interrupted(Endpoint at, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return general("The call of " + at.display() + " was stopped", cause);
    }

    /** Whether another try may help. An account without credit answers 429 too, and no waiting helps there. */
    private static boolean mayPass(int status, String body) {
        return (status == 408 || status == 409 || status == 429 || status >= 500) && !isSpent(status, body);
    }

    private static boolean isSpent(int status, String body) {
        return status == 402
                || (status == 429 && (body.contains("insufficient_quota") || body.contains("credit balance")));
    }

    /** Google answers 400 to a wrong key. */
    private static boolean isBadKey(int status, String body) {
        return status == 400 && body.contains("API_KEY_INVALID");
    }

    private static boolean isTooLong(int status, String body) {
        if (status != 400 && status != 413 && status != 422) {
            return false;
        }
        String text = body.toLowerCase(Locale.ROOT);
        return text.contains("context_length_exceeded")
                || text.contains("maximum context length")
                || text.contains("context window")
                || text.contains("context length")
                || text.contains("prompt is too long")
                || text.contains("input is too long")
                || text.contains("exceeds the maximum number of tokens")
                || text.contains("exceeds the available context size")
                || text.contains("request_too_large");
    }

    private static ModelException credits(Endpoint at, String said) {
        return failure(
                ProblemCode.LLM_INSUFFICIENT_CREDITS,
                "Insufficient credits at the LLM model provider. Please add credits with your LLM provider.",
                "PAYMENT_REQUIRED: Insufficient credits at " + at.display() + ": " + said);
    }

    private static ModelException general(String detail, @Nullable Throwable cause) {
        return new ModelException(ProblemCode.LLM_ERROR, GENERAL, "INTERNAL_SERVER_ERROR: " + detail, cause);
    }

    private static ModelException failure(ProblemCode kind, String sentence, String detail) {
        return new ModelException(kind, sentence, detail, null);
    }

    /** The provider's words on one line, without the key even if the provider repeats it. */
    private static String shown(Endpoint at, String body) {
        String text = body.strip();
        try {
            text = Json.parse(text).toString();
        } catch (JsonProcessingException e) {
            text = text.replaceAll("\\s+", " ");
        }
        if (at.apiKey() != null && at.apiKey().length() >= SHORTEST_KEY) {
            text = text.replace(at.apiKey(), "***");
        }
        text = text.isEmpty() ? "(no body)" : text;
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
