package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** A parser that gives out only so many tokens and so much text, so that a hostile file cannot fill the memory. Confined to one thread. */
final class ScantParser extends JsonParserDelegate {
    private long tokens;
    private long chars;

    ScantParser(JsonParser parser) {
        super(parser);
    }

    /** What may be read from here on. */
    void allow(Allowance allowance) {
        tokens = allowance.tokens();
        chars = allowance.chars();
    }

    /** What is left of what was allowed. */
    Allowance left() {
        return new Allowance(tokens, chars);
    }

    /** Characters of JSON text to a token, at the least: for entries that are counted afterwards. */
    private static final int CHARS_OF_A_TOKEN = 2;

    /** tokens: values, names and brackets. chars: of texts and names. */
    record Allowance(long tokens, long chars) {
        /** The same with some characters used up. */
        Allowance without(long used) {
            return new Allowance(tokens - used / CHARS_OF_A_TOKEN, chars - used);
        }
    }

    @Override
    public JsonToken nextToken() throws IOException {
        JsonToken token = super.nextToken();
        tokens--;
        if (token != null && (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME)) {
            chars -= delegate.getTextLength();
        }
        if (tokens < 0 || chars < 0) {
            throw new StreamConstraintsException("too much in one place");
        }
        return token;
    }

    @Override
    public StreamReadConstraints streamReadConstraints() {
        return delegate.streamReadConstraints();
    }
}
