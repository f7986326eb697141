package dev.mneme.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Scope;
import dev.mneme.file.FolderFiles.Duplicates;
import dev.mneme.file.FolderFiles.Upload;
import dev.mneme.llm.Embedder;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Db;
import dev.mneme.testkit.HashModels;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.Tools;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading files behind the answer, with servers that die and embedders that fail, on both databases. */
class IngestTest {
    private static final String ORG = Db.DEFAULT_ORGANIZATION;

    @TempDir
    Path folder;

    private Db db;
    private Scope scope;
    private final AtomicInteger embedded = new AtomicInteger();
    /** Calls of the embedder that succeed before the server dies in the next one. */
    private volatile int callsToLive = Integer.MAX_VALUE;

    private final HashModels models = new HashModels() {
        @Override
        public Embedder embedder(EmbeddingConfig config) {
            Embedder hash = super.embedder(config);
            return new Embedder() {
                @Override
                public List<float[]> embed(List<String> texts) {
                    if (callsToLive-- <= 0) {
                        scope.close(); // the server dies while it waits for the embedder
                        throw new IllegalStateException("interrupted");
                    }
                    embedded.addAndGet(texts.size());
                    return hash.embed(texts);
                }

                @Override
                public int dimensions() {
                    return hash.dimensions();
                }

                @Override
                public String name() {
                    return hash.name();
                }

                @Override
                public boolean local() {
                    return true;
                }
            };
        }
    };

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
    }

    @AfterEach
    void close() {
        scope.close();
        db.close();
    }

    private Library server() {
        scope = new Scope("test");
        ScanIndex index = new ScanIndex(db);
        Library library = new Library(
                db,
                models,
                index,
                new Tools(db),
                new FilePassages(db, index, models),
                folder.resolve("files"),
                "server-1",
                scope);
        library.start(scope);
        return library;
    }

    private static void await(BooleanSupplier done) throws InterruptedException {
        for (int i = 0; i < 1_000 && !done.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(done.getAsBoolean()).isTrue();
    }

    private static String prose(int paragraphs) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < paragraphs; i++) {
            text.append("Paragraph ")
                    .append(i)
                    .append(". ")
                    .append("Words that fill it up. ".repeat(40))
                    .append("\n\n");
        }
        return text.toString();
    }

    private static StoredFile upload(Library library, String folderId, String text) {
        ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return library.files()
                .accept(ORG, null, folderId, new Upload("a.txt", null, null, in), Duplicates.SUFFIX, "folder")
                .file();
    }

    @Test
    void aServerThatDiesWhileEmbeddingGoesOnWhereItStood() throws InterruptedException {
        Library library = server();
        String folderId =
                library.folders().create(ORG, null, FolderWish.named("f")).id();
        callsToLive = 2;
        StoredFile file = upload(library, folderId, prose(40));
        await(() -> callsToLive < 0);
        scope.close();
        StoredFile left = library.files().get(ORG, folderId, file.id(), false).file();
        assertThat(left.status()).isEqualTo(FileStatus.EMBEDDING);
        int before = embedded.get();
        assertThat(left.chunksEmbedded()).isEqualTo(before).isPositive();
        callsToLive = Integer.MAX_VALUE;
        Library again = server();
        await(() -> again.files().get(ORG, folderId, file.id(), false).file().status() == FileStatus.COMPLETED);
        StoredFile done = again.files().get(ORG, folderId, file.id(), false).file();
        assertThat(done.chunksEmbedded()).isEqualTo(done.totalChunks()).isEqualTo(embedded.get());
    }

    @Test
    void withoutAnEmbedderTheWordsAreFound() throws InterruptedException {
        models.failing = true;
        Library library = server();
        String folderId =
                library.folders().create(ORG, null, FolderWish.named("f")).id();
        StoredFile file = upload(library, folderId, "Turtles swim.");
        await(() -> library.files().get(ORG, folderId, file.id(), false).file().totalChunks() != null);
        List<Folder> folders = List.of(library.folders().get(ORG, folderId));
        assertThat(library.passages().search(ORG, folders, new FilePassages.Wish("turtles", 5)))
                .hasSize(1);
    }

    @Test
    void organisationsDoNotSeeEachOther() throws InterruptedException {
        Library library = server();
        String folderId =
                library.folders().create(ORG, null, FolderWish.named("f")).id();
        StoredFile file = upload(library, folderId, "Turtles swim.");
        await(() -> library.files().get(ORG, folderId, file.id(), false).file().status() == FileStatus.COMPLETED);
        String other = "org-11111111-1111-4111-8111-111111111111";
        assertThat(library.files().list(other, folderId, dev.mneme.memory.Page.ALL, true))
                .isEmpty();
        assertThat(library.passages().list(other, folderId, dev.mneme.memory.Page.ALL))
                .isEmpty();
        assertThat(library.folders().list(other, null, dev.mneme.memory.Page.ALL))
                .isEmpty();
        library.files().cancel(other, file.id());
        library.files().deleteJob(other, file.id());
        assertThat(library.files().job(ORG, file.id())).isNotNull();
    }
}
