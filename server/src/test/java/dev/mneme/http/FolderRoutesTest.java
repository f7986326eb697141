package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.LlmOptions;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import dev.mneme.testkit.Papers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and files over HTTP: both families of routes, uploads, what agents see. */
class FolderRoutesTest {
    private final FakeProvider provider = FakeProvider.start();
    private LiveModels models;
    private House house;
    private Web web;

    @BeforeEach
    void open(@TempDir Path folder) {
        models = new LiveModels(LlmOptions.fromEnvironment(provider.environment())
                .withDefaults("openai/gpt-4o", "openai/text-embedding-3-small"));
        house = new House(folder, models, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterEach
    void close() {
        house.close();
        models.close();
        provider.close();
    }

    @Test
    void anAgentMayBeginWithAFolderOfItsOwn() {
        String wish = "{'name':'Ada','include_default_source':true,'embedding':'openai/text-embedding-3-small'}";
        Web.Reply made = web.post("/v1/agents/", wish);
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        String id = made.json().path("id").asText();
        assertThat(Web.words(web.get("/v1/agents/" + id + "/folders").json(), "name"))
                .containsExactly("Ada External Data Source");
        assertThat(Web.words(web.get("/v1/agents/" + id + "/tools").json(), "name"))
                .contains("open_files", "grep_files", "semantic_search_files");
        assertThat(web.get("/v1/agents/" + house.agent("{'name':'Bo'}") + "/folders")
                        .json())
                .isEmpty();
    }

    private JsonNode folder(String name) {
        Web.Reply made = web.post("/v1/folders/", "{'name':'" + name + "'}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json();
    }

    private Web.Reply upload(String folderId, String name, String text, String query) {
        return web.upload(
                "/v1/folders/" + folderId + "/upload" + query,
                name,
                "text/plain",
                text.getBytes(StandardCharsets.UTF_8));
    }

    /** The file once its processing has ended. */
    private JsonNode ended(String folderId, String fileId) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < end) {
            JsonNode file = web.get("/v1/folders/" + folderId + "/files/" + fileId + "?include_content=true")
                    .json();
            String status = file.path("processing_status").asText();
            if (status.equals("completed") || status.equals("error")) {
                return file;
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("the file is not done");
    }

    private static List<String> texts(JsonNode list, String field) {
        List<String> out = new ArrayList<>();
        list.forEach(item -> out.add(item.path(field).asText()));
        return out;
    }

    @Test
    void aFolderIsMadeChangedListedAndDeleted() {
        String id = folder("handbook").path("id").asText();
        assertThat(id).startsWith("source-");
        assertThat(web.post("/v1/folders/", "{'name':'handbook'}").status()).isEqualTo(409);
        assertThat(web.post("/v1/folders/", "{'name':'x','colour':'red'}").status())
                .isEqualTo(422);
        folder("Other");
        assertThat(texts(web.get("/v1/folders/?name=HAND").json(), "name")).containsExactly("handbook");
        assertThat(texts(web.get("/v1/sources/").json(), "name")).containsExactly("handbook", "Other");
        assertThat(web.get("/v1/sources/")
                        .json()
                        .get(0)
                        .path("vector_db_provider")
                        .asText())
                .isEqualTo("native");
        assertThat(web.get("/v1/folders/count").text()).isEqualTo("2");
        assertThat(web.get("/v1/folders/name/handbook").text()).isEqualTo("\"" + id + "\"");
        assertThat(web.get("/v1/folders/name/nope").detail()).isEqualTo("Source with name=nope not found.");
        JsonNode changed =
                web.patch("/v1/folders/" + id, "{'instructions':'Read it.'}").json();
        assertThat(changed.path("instructions").asText()).isEqualTo("Read it.");
        assertThat(changed.path("name").asText()).isEqualTo("handbook");
        assertThat(web.delete("/v1/folders/" + id).text()).isEqualTo("null");
        assertThat(web.get("/v1/folders/" + id).status()).isEqualTo(404);
    }

    @Test
    void halfAnEmbeddingConfigIsRefused() {
        String id = folder("handbook").path("id").asText();
        Web.Reply refused = web.patch("/v1/folders/" + id, "{'embedding_config':{'embedding_dim':3}}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("embedding_endpoint_type");
    }

    @Test
    void anUploadIsReadCutAndFound() {
        String id = folder("handbook").path("id").asText();
        Web.Reply taken = upload(id, "policy.txt", "Refunds take 5 days.\n\nCats are welcome.", "");
        assertThat(taken.status()).as(taken.text()).isEqualTo(200);
        assertThat(taken.json().path("file_name").asText()).isEqualTo("handbook/policy.txt");
        assertThat(taken.json().path("processing_status").asText()).isEqualTo("parsing");
        JsonNode file = ended(id, taken.json().path("id").asText());
        assertThat(file.path("processing_status").asText()).as(file.toString()).isEqualTo("completed");
        assertThat(file.path("file_name").asText()).isEqualTo("policy.txt");
        assertThat(file.path("content").asText()).startsWith("Refunds");
        assertThat(file.path("total_chunks").asInt()).isEqualTo(1);
        assertThat(file.path("chunks_embedded").asInt()).isEqualTo(1);
        JsonNode passages = web.get("/v1/folders/" + id + "/passages").json();
        assertThat(texts(passages, "text")).containsExactly("Refunds take 5 days.\n\nCats are welcome.");
    }

    @Test
    void duplicatesAreNumberedSkippedRefusedOrReplaced() {
        String id = folder("f").path("id").asText();
        upload(id, "a.txt", "one", "");
        assertThat(upload(id, "a.txt", "two", "").json().path("file_name").asText())
                .isEqualTo("f/a_(1).txt");
        Web.Reply skipped = upload(id, "a.txt", "three", "?duplicate_handling=skip");
        assertThat(skipped.header("x-upload-result")).isEqualTo("skipped");
        assertThat(upload(id, "a.txt", "four", "?duplicate_handling=error").detail())
                .isEqualTo("INVALID_ARGUMENT: File 'a.txt' already exists in folder 'f'");
        assertThat(upload(id, "a.txt", "five", "?duplicate_handling=replace")
                        .json()
                        .path("file_name")
                        .asText())
                .isEqualTo("f/a.txt");
        assertThat(upload(id, "a.txt", "six", "?duplicate_handling=maybe").status())
                .isEqualTo(422);
        assertThat(web.get("/v1/folders/" + id + "/files").json()).hasSize(2);
        Web.Reply bad =
                web.upload("/v1/folders/" + id + "/upload", "x.exe", "application/octet-stream", new byte[] {1});
        assertThat(bad.status()).isEqualTo(415);
        assertThat(bad.detail()).startsWith("Unsupported file type: application/x-msdos-program (filename: x.exe).");
        assertThat(upload(id, ".env", "x", "").detail())
                .isEqualTo("Invalid filename - derived file name .env cannot start with '.'");
    }

    @Test
    void anAgentSeesTheFilesOfItsFolders() {
        String id = folder("handbook").path("id").asText();
        String fileId = upload(id, "policy.txt", "Refunds take 5 days.", "")
                .json()
                .path("id")
                .asText();
        ended(id, fileId);
        String agent = house.agent("{'model':'openai/gpt-4o'}");
        String at = "/v1/agents/" + agent;
        JsonNode state = web.patch(at + "/folders/attach/" + id, "{}", "User-Agent", "curl/8")
                .json();
        assertThat(texts(state.path("tools"), "name")).contains("open_files", "grep_files", "semantic_search_files");
        assertThat(texts(state.path("sources"), "name")).containsExactly("handbook");
        assertThat(web.get(at + "/context").json().path("directories").asText())
                .contains("<file status=\"open\" name=\"handbook/policy.txt\">")
                .contains("[Viewing file start (out of 1 lines)]\n1: Refunds take 5 days.");
        JsonNode files = web.get(at + "/files").json();
        assertThat(files.path("files").get(0).path("is_open").asBoolean()).isTrue();
        assertThat(web.get("/v1/folders/" + id + "/agents").text()).isEqualTo("[\"" + agent + "\"]");
        assertThat(web.patch(at + "/files/close-all", "{}").text()).isEqualTo("[\"handbook/policy.txt\"]");
        assertThat(web.get(at + "/context").json().path("directories").asText()).contains("status=\"closed\"");
        assertThat(web.patch(at + "/files/" + fileId + "/open", "{}").text()).isEqualTo("[]");
        web.delete("/v1/folders/" + id);
        JsonNode after = web.get(at, "User-Agent", "curl/8").json();
        assertThat(texts(after.path("tools"), "name")).doesNotContain("open_files");
        assertThat(web.get(at + "/context").json().path("directories").isNull()).isTrue();
    }

    /** Lets the model make one call and gives its return. */
    private String call(String agent, String tool, String arguments) {
        provider.next(FakeStep.call(tool, arguments), FakeStep.say("done"));
        JsonNode reply = web.post("/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'go'}]}")
                .json();
        for (JsonNode message : reply.path("messages")) {
            if (message.path("message_type").asText().equals("tool_return_message")) {
                return message.path("tool_return").asText();
            }
        }
        throw new AssertionError(reply.toString());
    }

    @Test
    void anAgentOpensGrepsAndSearchesItsFiles() {
        String id = folder("hb").path("id").asText();
        String lines = "Line 1\n\nLine 2 tiger\nLine 3\nLine 4\nLine 5 about a zebra\n";
        ended(id, upload(id, "a.txt", lines, "").json().path("id").asText());
        ended(id, upload(id, "b.txt", "Nothing here.", "").json().path("id").asText());
        String agent = house.agent("{'model':'openai/gpt-4o','max_files_open':1,'folder_ids':['" + id + "']}");
        assertThat(call(
                        agent,
                        "open_files",
                        "{\"file_requests\":[{\"file_name\":\"hb/a.txt\",\"offset\":1,\"length\":2}]}"))
                .isEqualTo("* Opened hb/a.txt (lines 2-3) (previously full file)");
        assertThat(web.get("/v1/agents/" + agent + "/context")
                        .json()
                        .path("directories")
                        .asText())
                .contains("[Viewing lines 2 to 3 (out of 5 lines)]\n2: Line 2 tiger\n3: Line 3\n");
        // the model saw it in the very next step
        assertThat(provider.calls().getLast().toString()).contains("[Viewing lines 2 to 3 (out of 5 lines)]");
        assertThat(call(agent, "open_files", "{\"file_requests\":[{\"file_name\":\"hb/b.txt\"}]}"))
                .isEqualTo("* Opened hb/b.txt\n"
                        + "Note: Closed 1 least recently used file(s) due to open file limit: hb/a.txt");
        assertThat(call(agent, "open_files", "{\"file_requests\":[{\"file_name\":\"x.txt\"}]}"))
                .isEqualTo("x.txt not attached - did you get the filename correct? Currently you have the following"
                        + " files attached: ['hb/a.txt', 'hb/b.txt']");
        assertThat(call(agent, "open_files", "{\"file_requests\":[{\"file_name\":\"hb/a.txt\",\"offset\":40}]}"))
                .isEqualTo("File hb/a.txt has only 5 lines, but requested offset 41 is out of range");
        assertThat(call(agent, "open_files", "{}"))
                .isEqualTo(
                        "LettaFileToolExecutor.open_files() missing 1 required positional argument: 'file_requests'");
        assertThat(call(agent, "grep_files", "{\"pattern\":\"TIGER\"}"))
                .isEqualTo("Found 1 total matches across 1 files (showing matches 1-1 of 1)\n" + "=".repeat(80)
                        + "\n\nFiles with matches:\n  - hb/a.txt: 1 matches\n\n\n=== hb/a.txt:2 ===\n"
                        + "  1: Line 1\n> 2: Line 2 tiger\n  3: Line 3\n\nNo more matches to show.");
        assertThat(call(agent, "grep_files", "{\"pattern\":\"(\"}")).startsWith("Invalid regex pattern: ");
        assertThat(call(agent, "grep_files", "{\"pattern\":\"x\",\"include\":\"*.py\"}"))
                .isEqualTo("No files match the filename pattern '*.py' (filtered 2 files)");
        assertThat(call(agent, "semantic_search_files", "{\"query\":\"zebra\",\"limit\":1}"))
                .startsWith("Found 1 semantic match in 1 file for query: 'zebra'\n====")
                .contains("=== hb/a.txt (passage #1) ===\n  Line 1\n  \n  Line 2 tiger");
    }

    @Test
    void archivalSearchFindsThePassagesOfFolders() {
        String id = folder("notes").path("id").asText();
        ended(
                id,
                upload(id, "a.txt", "Turtles swim slowly.", "")
                        .json()
                        .path("id")
                        .asText());
        String agent = house.agent("{'model':'openai/gpt-4o','folder_ids':['" + id + "']}");
        String at = "/v1/agents/" + agent;
        assertThat(web.get(at + "/archival-memory/search?query=turtles").text()).contains("Turtles swim slowly.");
        JsonNode hit = web.post("/v1/passages/search", "{'query':'turtles','agent_id':'" + agent + "'}")
                .json()
                .get(0)
                .path("passage");
        assertThat(hit.path("source_id").asText()).isEqualTo(id);
        assertThat(hit.path("file_name").asText()).isEqualTo("notes/a.txt");
        assertThat(hit.path("archive_id").isNull()).isTrue();
        web.patch(at + "/folders/detach/" + id, "{}");
        assertThat(web.get(at + "/archival-memory/search?query=turtles").text()).doesNotContain("Turtles");
    }

    @Test
    void filesAreJobsForOldClients() {
        JsonNode folder =
                web.post("/v1/sources", "{'name':'old','metadata_':{'a':1}}").json();
        String id = folder.path("id").asText();
        String fileId = upload(id, "a.txt", "Some text.", "").json().path("id").asText();
        ended(id, fileId);
        JsonNode job = web.get("/v1/jobs/" + fileId).json();
        assertThat(job.path("status").asText()).isEqualTo("completed");
        assertThat(job.path("id").asText()).isEqualTo(fileId.replace("file-", "job-"));
        assertThat(web.get("/v1/jobs?source_id=" + id).json()).hasSize(1);
        assertThat(web.get("/v1/jobs/active").json()).isEmpty();
        web.delete("/v1/jobs/" + job.path("id").asText());
        assertThat(web.get("/v1/jobs/" + job.path("id").asText()).status()).isEqualTo(404);
        assertThat(web.get("/v1/embeddings/total_storage_size", "storage-unit", "B")
                        .json()
                        .asDouble())
                .isGreaterThan(1_000);
        assertThat(web.get("/v1/folders/metadata").json().path("total_files").asInt())
                .isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeReadSaysWhyAndBlocksNobody() {
        String id = folder("bad").path("id").asText();
        Web.Reply scan =
                web.upload("/v1/folders/" + id + "/upload", "scan.pdf", "application/pdf", Papers.pdf(List.of("", "")));
        JsonNode file = ended(id, scan.json().path("id").asText());
        assertThat(file.path("processing_status").asText()).isEqualTo("error");
        assertThat(file.path("error_message").asText()).startsWith("No text extracted from PDF");
        JsonNode empty =
                ended(id, upload(id, "empty.txt", "", "").json().path("id").asText());
        assertThat(empty.path("processing_status").asText()).isEqualTo("completed");
        JsonNode blank = ended(
                id, upload(id, "blank.txt", " \n \n", "").json().path("id").asText());
        assertThat(blank.path("error_message").asText()).startsWith("No chunks created from text");
        String agent = house.agent("{'model':'openai/gpt-4o','folder_ids':['" + id + "']}");
        provider.next(FakeStep.say("fine"));
        assertThat(web.post("/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'hi'}]}")
                        .status())
                .isEqualTo(200);
    }
}
