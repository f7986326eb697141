package dev.mneme.search;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** How an entry lies in Lucene: field names, types and the vector format (decision 0011). */
final class Layout {
    /** Changes whenever entries would be written differently; an index of another layout is rebuilt. */
    static final String VERSION = "2";

    static final String ID = "id";
    static final String KIND = "kind";
    static final String ORGANIZATION = "organization";
    static final String OWNER = "owner";
    static final String TAG = "tag";
    static final String ROLE = "role";
    static final String CREATED = "created";

    /** Longest term kept as it is, bytes; Lucene refuses terms above 32,766. Longer ones are replaced by a digest. */
    private static final int TERM_BYTES = 512;

    /** Most dimensions of a vector: four times what any known embedder gives. */
    private static final int MAX_DIMENSIONS = 16_384;

    /** Vectors in a segment below which a scan of their compact forms (1.5 ms at 1,536 dimensions and 8 bits) is as good as a graph. */
    private static final int GRAPH_FROM = 10_000;

    /** Lucene builds a graph where ln(n) × this is below n. */
    private static final int GRAPH_THRESHOLD = (int) (GRAPH_FROM / Math.log(GRAPH_FROM));

    /** Dimensions from which one bit each tells vectors apart well enough (decision 0011). */
    private static final int COARSE_FROM = 1_024;

    /** Neighbours of a node and candidates while linking: Lucene's defaults, recall measured in decision 0011. */
    private static final int NEIGHBOURS = 16;

    private static final int LINK_CANDIDATES = 100;

    private static final FieldType TEXT = new FieldType();

    static {
        TEXT.setTokenized(true);
        TEXT.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        TEXT.freeze();
    }

    private Layout() {}

    static Document document(Entry entry) {
        Document document = new Document();
        document.add(new StringField(ID, entry.id(), Field.Store.NO));
        document.add(new BinaryDocValuesField(ID, new BytesRef(entry.id())));
        document.add(new StringField(KIND, entry.kind().name(), Field.Store.NO));
        document.add(new StringField(ORGANIZATION, term(entry.organizationId()), Field.Store.NO));
        document.add(new StringField(OWNER, term(entry.owner()), Field.Store.NO));
        document.add(new LongField(CREATED, entry.createdAt(), Field.Store.NO));
        for (String tag : entry.tags()) {
            document.add(new StringField(TAG, term(tag), Field.Store.NO));
        }
        if (!entry.role().isEmpty()) {
            document.add(new StringField(ROLE, entry.role(), Field.Store.NO));
        }
        if (!entry.text().isBlank()) {
            document.add(new Field(text(entry.kind()), entry.text(), TEXT));
        }
        float[] vector = entry.vector();
        if (vector != null && entry.vectorName() != null && vector.length <= MAX_DIMENSIONS) {
            document.add(new KnnFloatVectorField(
                    vector(entry.kind(), entry.vectorName(), vector.length),
                    vector,
                    VectorSimilarityFunction.DOT_PRODUCT));
        }
        return document;
    }

    static Term byId(String id) {
        return new Term(ID, id);
    }

    static Term byOwner(String owner) {
        return new Term(OWNER, term(owner));
    }

    /** Passages and messages have fields of their own, so that each keeps its own word statistics and graph. */
    static String text(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> "passage-text";
            case MESSAGE -> "message-text";
            case FILE_PASSAGE -> "file-passage-text";
        };
    }

    static String vector(Query.Kind kind, String vectorName, int dimensions) {
        return switch (kind) {
                    case PASSAGE -> "passage-vector:";
                    case MESSAGE -> "message-vector:";
                    case FILE_PASSAGE -> "file-passage-vector:";
                }
                + dimensions + ":" + vectorName;
    }

    /** A filter value as a term. */
    static String term(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= TERM_BYTES ? value : "long:" + UUID.nameUUIDFromBytes(bytes);
    }

    static Codec codec() {
        KnnVectorsFormat fine = format(ScalarEncoding.UNSIGNED_BYTE);
        KnnVectorsFormat coarse = format(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE);
        return new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return coarse(field) ? coarse : fine;
            }
        };
    }

    private static KnnVectorsFormat format(ScalarEncoding encoding) {
        return new AnyDimensions(new Lucene104HnswScalarQuantizedVectorsFormat(
                encoding, NEIGHBOURS, LINK_CANDIDATES, 1, null, GRAPH_THRESHOLD));
    }

    /** Whether the field's vectors are compared by one bit a dimension: half the time of 8 bits, and more candidates are needed. */
    static boolean coarse(String vectorField) {
        int from = vectorField.indexOf(':') + 1;
        return Integer.parseInt(vectorField.substring(from, vectorField.indexOf(':', from))) >= COARSE_FROM;
    }

    /** Lucene's own format (its name, so that Lucene finds the reader by itself) without its limit of 1,024 dimensions. */
    private static final class AnyDimensions extends KnnVectorsFormat {
        private final KnnVectorsFormat format;

        AnyDimensions(KnnVectorsFormat format) {
            super(format.getName());
            this.format = format;
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            return format.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return format.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String fieldName) {
            return MAX_DIMENSIONS;
        }
    }
}
