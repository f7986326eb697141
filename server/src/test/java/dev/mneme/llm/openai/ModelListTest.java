package dev.mneme.llm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Vendor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One line of each provider's list, in its own words (contract 09 §4). */
class ModelListTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "openai     | {'id':'gpt-4o','object':'model','owned_by':'system'} | gpt-4o - -",
                "vllm       | {'id':'qwen','object':'model','max_model_len':4096} | qwen 4096 -",
                "groq       | {'id':'llama','active':true,'context_window':131072} | llama 131072 -",
                "groq       | {'id':'llama','active':false,'context_window':131072} | -",
                "groq       | {'id':'playai-tts','active':true} | -",
                "together   | {'id':'a/b','type':'chat','context_length':32768} | a/b 32768 -",
                "together   | {'id':'a/b','type':'chat','context_length':4096} | -",
                "together   | {'id':'a/flux','type':'image','context_length':0} | -",
                "together   | {'id':'a/e5','type':'embedding','context_length':512} | a/e5 - 0",
                "openrouter | {'id':'anthropic/claude-x','context_length':200000} | anthropic/claude-x 200000 -",
                "mistral    | {'id':'mistral-large','capabilities':{'completion_chat':true},'max_context_length':131072} | mistral-large 131072 -",
                "mistral    | {'id':'mistral-ocr','capabilities':{'completion_chat':false},'max_context_length':8192} | -",
                "mistral    | {'id':'mistral-embed','capabilities':{'completion_chat':false},'max_context_length':8192} | mistral-embed 8192 -",
                "fireworks  | {'id':'accounts/f/models/x','supports_chat':true,'context_length':65536} | accounts/f/models/x 65536 -",
                "fireworks  | {'id':'accounts/f/models/flux','supports_chat':false} | -",
                "vllm       | {'object':'model'} | -",
            })
    void reads(String provider, String line, String wanted) {
        Vendor.Listed listed =
                ModelList.listed(Json.read(line.replace('\'', '"'), JsonNode.class), Quirks.of(provider.strip()));
        String text = listed == null
                ? null
                : listed.name() + " " + (listed.window() == null ? "-" : listed.window()) + " "
                        + (listed.dim() == null ? "-" : listed.dim());
        assertThat(text).isEqualTo(wanted);
    }
}
