package dev.mneme.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArrayMap;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/** Text to terms, the same way for rows and for queries (decision 0010). Thread-safe. */
final class Words extends Analyzer {
    /** Field name that analysis does not depend on. */
    private static final String ANY_FIELD = "";

    /** How long a text is. length: tokens side by side, as BM25 counts them; tokens: stacked ones too. */
    record Size(int length, int tokens) {}

    /** A text's terms with their counts in order of appearance. */
    record Counted(Map<String, Integer> terms, Size size) {}

    @Override
    protected TokenStreamComponents createComponents(String fieldName) {
        Tokenizer source = new StandardTokenizer();
        TokenStream stream = new CJKWidthFilter(source);
        stream = new LowerCaseFilter(stream);
        stream = new CJKBigramFilter(
                stream,
                CJKBigramFilter.HAN | CJKBigramFilter.HIRAGANA | CJKBigramFilter.KATAKANA | CJKBigramFilter.HANGUL,
                true);
        stream = new ASCIIFoldingFilter(stream);
        stream = new PorterStemFilter(stream);
        return new TokenStreamComponents(source, stream);
    }

    Counted count(String text) {
        Map<String, Integer> terms = new LinkedHashMap<>();
        Size size = walk(text, term -> terms.merge(term.toString(), 1, Integer::sum));
        return new Counted(terms, size);
    }

    /**
     * Counts some terms only and makes no strings of the others: for comparing with many rows.
     *
     * @param places where in {@code counts} a term is counted
     */
    Size count(String text, CharArrayMap<Integer> places, int[] counts) {
        return walk(text, term -> {
            Integer place = places.get(term.buffer(), 0, term.length());
            if (place != null) {
                counts[place]++;
            }
        });
    }

    private Size walk(String text, Consumer<CharTermAttribute> each) {
        int length = 0;
        int tokens = 0;
        try (TokenStream stream = tokenStream(ANY_FIELD, text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            PositionIncrementAttribute step = stream.addAttribute(PositionIncrementAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                each.accept(term);
                tokens++;
                length += step.getPositionIncrement() > 0 ? 1 : 0;
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Size(length, tokens);
    }
}
