package dev.mneme.http;

import dev.mneme.file.Folder;
import dev.mneme.file.FolderFiles;
import dev.mneme.file.FolderWish;
import dev.mneme.file.Library;
import dev.mneme.memory.Page;
import dev.mneme.wire.CreateFolder;
import dev.mneme.wire.FileRecord;
import dev.mneme.wire.FolderInventory;
import dev.mneme.wire.FolderView;
import dev.mneme.wire.ModifyFolder;
import dev.mneme.wire.PassageView;
import dev.mneme.wire.SourceView;
import java.util.ArrayList;
import java.util.List;

/** Folders and their files, under today's name and under the older one, sources (contract 06 §6.2, §6.3). */
final class FolderRoutes {
    private static final Param<String> NAME = Param.text("name", "a piece of the name, in any case");
    private static final Param<Integer> LIMIT = Paging.limit(50);
    private static final Param<Integer> PASSAGES = Paging.limit(100);
    private static final Param<Integer> FILES = Paging.limit(1000);
    private static final Param<Boolean> CONTENT = Param.flag("include_content", false, "the text of the file too");
    private static final Param<Boolean> STATUS =
            Param.flag("check_status_updates", true, "has no effect: the status is always the true one");
    private static final Param<Boolean> DETAILED =
            Param.flag("include_detailed_per_source_metadata", false, "each folder with its files");

    private final Library library;
    private final UploadRoute upload;
    /** folder or source. */
    private final String word;

    private final boolean older;

    private FolderRoutes(Library library, String word) {
        this.library = library;
        this.word = word;
        this.older = word.equals("source");
        this.upload = new UploadRoute(library, word);
    }

    /** Both families. */
    static List<Route> all(Library library) {
        List<Route> routes = new ArrayList<>(new FolderRoutes(library, "folder").routes());
        routes.addAll(new FolderRoutes(library, "source").routes());
        return routes;
    }

    private List<Route> routes() {
        String all = "/v1/" + word + "s";
        String one = all + "/{" + word + "_id:source}";
        return List.of(
                list(all),
                Route.get(all + "/count", "How many folders there are")
                        .by(call -> Answer.ok(library.folders().count(call.org()))),
                Route.get(all + "/metadata", "How much lies in the folders")
                        .takes(DETAILED)
                        .gives(FolderInventory.class)
                        .by(this::inventory),
                Route.get(all + "/name/{" + word + "_name}", "The id of the folder with exactly this name")
                        .by(call -> Answer.ok(library.folders().idOf(call.org(), call.at(word + "_name")))),
                Route.post(all, "Makes a folder")
                        .body(CreateFolder.class)
                        .gives(shape())
                        .by(this::create),
                Route.get(one, "One folder")
                        .gives(shape())
                        .by(call -> Answer.ok(view(library.folders().get(call.org(), id(call)), call.org()))),
                Route.patch(one, "Changes a folder; nulls leave things as they are")
                        .body(ModifyFolder.class)
                        .gives(shape())
                        .by(this::modify),
                Route.delete(one, "Deletes a folder with its files").by(call -> {
                    library.folders().delete(call.org(), id(call));
                    return Answer.nothing();
                }),
                Route.get(one + "/agents", "Ids of the agents that have the folder")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .by(call -> Answer.ok(library.folders().agentsOf(call.org(), id(call), page(call, LIMIT)))),
                Route.get(one + "/passages", "The pieces into which the folder's files were cut")
                        .takes(Paging.BEFORE, Paging.AFTER, PASSAGES, Paging.DESC, Paging.ORDER_BY)
                        .givesList(PassageView.class)
                        .by(this::passages),
                files(one),
                Route.get(one + "/files/{file_id:file}", "One file")
                        .takes(CONTENT)
                        .gives(FileRecord.class)
                        .by(call -> Answer.ok(FolderViews.file(
                                library.files().get(call.org(), id(call), call.at("file_id"), call.at(CONTENT)),
                                call.org()))),
                upload.route(one),
                Route.delete(one + "/{file_id:file}", "Deletes a file").by(call -> {
                    library.files().delete(call.org(), id(call), call.at("file_id"));
                    return Answer.noContent();
                }));
    }

    private Class<?> shape() {
        return older ? SourceView.class : FolderView.class;
    }

    private Object view(Folder folder, String org) {
        return older ? FolderViews.source(folder, org) : FolderViews.folder(folder, org);
    }

    private String id(Call call) {
        return call.at(word + "_id");
    }

    private Route list(String all) {
        Route.Draft draft = older
                ? Route.get(all, "All folders, oldest first")
                : Route.get(all, "Folders, oldest first")
                        .takes(NAME, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.ASC, Paging.ORDER_BY);
        return draft.givesList(shape()).by(this::list);
    }

    private Answer list(Call call) {
        if (!older && call.at(LIMIT) == 0) {
            return Answer.ok(List.of());
        }
        Page page = older
                ? Page.ALL
                : new Page(
                        call.maybe(Paging.BEFORE),
                        call.maybe(Paging.AFTER),
                        call.at(LIMIT),
                        call.at(Paging.ASC).equals("asc"));
        return Answer.ok(library.folders().list(call.org(), older ? null : call.maybe(NAME), page).stream()
                .map(folder -> view(folder, call.org()))
                .toList());
    }

    private static Page page(Call call, Param<Integer> limit) {
        return new Page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(limit),
                call.at(Paging.DESC).equals("asc"));
    }

    private Route files(String one) {
        Route.Draft draft = older
                ? Route.get(one + "/files", "The folder's files, oldest first")
                        .takes(FILES, Paging.AFTER, CONTENT, STATUS)
                : Route.get(one + "/files", "The folder's files, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, FILES, Paging.DESC, Paging.ORDER_BY, CONTENT);
        return draft.givesList(FileRecord.class).by(this::files);
    }

    private Answer files(Call call) {
        if (call.at(FILES) == 0) {
            return Answer.ok(List.of());
        }
        Page page = older ? new Page(null, call.maybe(Paging.AFTER), call.at(FILES), true) : page(call, FILES);
        List<FolderFiles.Opened> found = library.files().list(call.org(), id(call), page, call.at(CONTENT));
        return Answer.ok(
                found.stream().map(file -> FolderViews.file(file, call.org())).toList());
    }

    private Answer passages(Call call) {
        if (call.at(PASSAGES) == 0) {
            return Answer.ok(List.of());
        }
        return Answer.ok(library.passages().list(call.org(), id(call), page(call, PASSAGES)).stream()
                .map(passage -> FolderViews.passage(passage, call.org()))
                .toList());
    }

    private Answer create(Call call) {
        CreateFolder body = call.with(SeedShapes.folder(call.json())).closedBody(CreateFolder.class);
        FolderWish wish = new FolderWish(
                body.name(),
                body.description(),
                body.instructions(),
                body.metadata(),
                body.embedding(),
                body.embeddingChunkSize(),
                WrittenEmbedder.of(body.embeddingConfig()));
        return Answer.ok(view(library.folders().create(call.org(), call.user(), wish), call.org()));
    }

    private Answer modify(Call call) {
        ModifyFolder body = call.closedBody(ModifyFolder.class);
        FolderWish wish = new FolderWish(
                body.name(),
                body.description(),
                body.instructions(),
                body.metadata(),
                null,
                null,
                WrittenEmbedder.of(body.embeddingConfig()));
        return Answer.ok(view(library.folders().patch(call.org(), call.user(), id(call), wish), call.org()));
    }

    private Answer inventory(Call call) {
        List<FolderFiles.Inventory> found = library.files().inventory(call.org(), call.at(DETAILED));
        List<FolderInventory.Source> sources =
                call.at(DETAILED) ? found.stream().map(FolderRoutes::source).toList() : List.of();
        return Answer.ok(new FolderInventory(
                found.size(),
                found.stream().mapToLong(FolderFiles.Inventory::count).sum(),
                found.stream().mapToLong(FolderFiles.Inventory::size).sum(),
                sources));
    }

    private static FolderInventory.Source source(FolderFiles.Inventory folder) {
        return new FolderInventory.Source(
                folder.folderId(),
                folder.folderName(),
                folder.count(),
                folder.size(),
                folder.files().stream()
                        .map(file -> new FolderInventory.File(file.id(), file.label(), file.size()))
                        .toList());
    }
}
