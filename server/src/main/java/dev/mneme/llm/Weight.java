package dev.mneme.llm;

import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.List;

/**
 * How heavy a request is, in estimated tokens: UTF-8 bytes by four, rounded up (contract 04 §2). Pure and fast: some 500 MB a second, no
 * vocabulary. Where a provider has counted, its count corrects the estimate.
 */
public final class Weight {
    /** UTF-8 bytes that count as a token. */
    private static final int BYTES_PER_TOKEN = 4;

    /** Tokens around a row that no text shows: its role and separators. */
    private static final int ROW = 4;

    /** Tokens around a tool's return: the envelope with status and time. */
    private static final int ENVELOPE = 24;

    /** Tokens of a picture: what the large providers count for one of about a megapixel. */
    private static final int IMAGE = 1_200;

    private Weight() {}

    public static int of(String text) {
        return (bytes(text) + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
    }

    /** A row as a model of this config gets it: returns of tools are cut to what is sent of them. */
    public static int of(Message row, LlmConfig config) {
        return ROW + content(row) + calls(row) + returns(row, ReturnText.limit(config));
    }

    /** The words of a row alone, without what a request puts around them; a picture weighs nothing here. */
    public static int words(Message row) {
        int sum = calls(row);
        for (Content part : row.content()) {
            sum += part instanceof Content.Image ? 0 : of(part);
        }
        for (ToolReturn back : row.toolReturns()) {
            sum += of(back.text());
        }
        return sum;
    }

    /** Tools as a request carries them. */
    public static int of(List<ToolSpec> tools) {
        int sum = 0;
        for (ToolSpec tool : tools) {
            sum += of(tool.name()) + of(tool.description()) + of(Json.write(tool.parameters())) + ROW;
        }
        return sum;
    }

    private static int content(Message row) {
        int sum = 0;
        for (Content part : row.content()) {
            sum += of(part);
        }
        return sum;
    }

    private static int of(Content part) {
        return switch (part) {
            case Content.Text text -> of(text.text());
            case Content.Reasoning thought -> of(thought.reasoning());
            case Content.RedactedReasoning hidden -> of(hidden.data());
            case Content.Image image -> IMAGE;
            case Content.OmittedReasoning omitted -> 0;
        };
    }

    private static int calls(Message row) {
        int sum = 0;
        for (ToolCall call : row.toolCalls()) {
            sum += of(call.name()) + of(call.arguments());
        }
        return sum;
    }

    private static int returns(Message row, int limit) {
        int sum = 0;
        for (ToolReturn back : row.toolReturns()) {
            String text = back.text();
            sum += ENVELOPE + (text.length() <= limit ? of(text) : of(text.substring(0, limit)));
            sum += IMAGE * back.images().size();
        }
        return sum;
    }

    /** The length of a text in UTF-8, without encoding it. */
    private static int bytes(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x800) {
                // A surrogate is half of four bytes.
                bytes += Character.isSurrogate(c) ? 1 : 2;
            } else if (c >= 0x80) {
                bytes++;
            }
        }
        return bytes;
    }
}
