// Scenes in which a person decides and changes things; ade.mjs plays them and hands over what they are written in.
import { signedServer } from "./ade_mcp.mjs";

export function hands({ open, make, say, message, agentId, accessible, expect, url }) {
  const call = async (method, path, body) => {
    const answer = await fetch(url + path, { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
    expect(answer.ok, `${method} ${path} to be answered, not ${answer.status}`);
    return answer.json();
  };

  /** An agent whose memory_insert asks first, made without the page. */
  const careful = (more) =>
    call("POST", "/v1/agents/", {
      model: "openai/gpt-4o",
      memory_blocks: [{ label: "human", value: "" }],
      initial_message_sequence: [],
      tools: ["memory_insert"],
      include_base_tools: false,
      tool_rules: [{ type: "requires_approval", tool_name: "memory_insert" }],
      ...more,
    });

  /** Signs in at an MCP server as a person does: by a button, a link, the other side's page, and back. */
  async function signsIn(page, form) {
    const tides = await signedServer(`tide_${Date.now()}`);
    try {
      await form.getByLabel("Name", { exact: true }).fill("tides");
      await form.getByLabel("Headers", { exact: true }).fill("");
      await form.getByLabel("Token", { exact: true }).fill("");
      await form.getByLabel("Address").fill(`${tides.url}/mcp`);
      await form.getByRole("button", { name: "Add" }).click();
      await page.getByRole("button", { name: "Sign in at tides" }).click();
      const link = page.getByRole("link", { name: /^Open the sign-in page of 127\.0\.0\.1/ });
      await link.waitFor();
      await accessible(page, "a sign-in that waits");
      const [other] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
      await other.getByRole("link", { name: "Agree" }).click();
      await link.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Sign in at tides" }).waitFor({ state: "detached" });
      expect(tides.agreed === 1, "one sign-in");
      const [server] = (await call("GET", "/v1/mcp-servers/")).filter((each) => each.server_name === "tides");
      const offered = await call("GET", `/v1/mcp-servers/${server.id}/tools`);
      expect(offered.some((each) => /^tide_/.test(each.name)), `its tool to be known, not ${JSON.stringify(offered)}`);
      expect(!/code=|access_token/.test(await page.content()), "nothing of the tokens in the page");
      await page.getByRole("button", { name: "Remove tides" }).click();
      await page.getByRole("button", { name: "Remove tides" }).waitFor({ state: "detached" });
      await other.close();
    } finally {
      tides.close();
    }
  }

  const human = (page) => page.locator('[data-block="human"] textarea').inputValue();

  return {
    // Two calls at once: one is run with other arguments, the other is denied with a reason.
    async decisions() {
      const agent = await careful({ model_settings: { provider_type: "openai", parallel_tool_calls: true } });
      const page = await open(`/ade/agents/${agent.id}/chat`);
      const insert = (words) => ({ name: "memory_insert", arguments: { label: "human", new_string: words } });
      await message(page).waitFor();
      await say(page, `CALLS ${JSON.stringify([insert("Likes tea."), insert("Likes rain.")])}`);
      const asked = page.getByRole("group", { name: "Call of memory_insert" });
      await asked.nth(1).waitFor();
      await accessible(page, "two approvals");
      const send = page.getByRole("button", { name: "Send the decisions" });
      expect(await send.isDisabled(), "no decisions to be sent before each call has one");
      await asked.nth(0).getByRole("button", { name: "Change the arguments" }).click();
      const args = asked.nth(0).getByLabel("Arguments", { exact: true });
      await args.fill("not JSON");
      expect(await asked.nth(0).getByRole("button", { name: "Run with these" }).isDisabled(), "what is no JSON not to be run");
      await args.fill(JSON.stringify(insert("Likes green tea.").arguments));
      await asked.nth(0).getByRole("button", { name: "Run with these" }).click();
      await page.reload();
      await asked.nth(1).waitFor();
      expect((await args.inputValue()).includes("green tea"), "changed arguments to be there after a reload");
      await asked.nth(1).getByLabel("What it should know or do instead").fill("nobody asked");
      await asked.nth(1).getByRole("button", { name: "Deny" }).click();
      await send.click();
      await page.locator('[data-kind="assistant"]').filter({ hasText: "Done." }).waitFor();
      await page.waitForFunction(() => document.querySelector('[data-block="human"] textarea')?.value.includes("Likes green tea."));
      expect(!(await human(page)).includes("rain"), "the denied call not to be made");
      const returns = JSON.stringify(await call("GET", `/v1/agents/${agent.id}/messages?limit=20`));
      expect(returns.includes("A person changed the arguments") && returns.includes("nobody asked"), "the agent to be told of both");
    },

    // A tool's schema before it is saved, rules, the environment of one agent and of every tool, an MCP server with headers.
    async workshop() {
      const agent = await careful({ tool_rules: [], tools: ["memory_insert", "archival_memory_search"] });
      const page = await open("/ade/tools");
      await page.getByRole("button", { name: "Write a tool" }).click();
      const schema = page.getByRole("region", { name: "What the model will see" });
      await schema.filter({ hasText: "How many sides the die has." }).waitFor();
      await accessible(page, "the editor of a tool");
      const source = page.getByLabel("Source");
      const toss = `toss_${Date.now()}`;
      await source.fill("def toss(coins: in");
      await schema.filter({ hasText: "invalid syntax" }).waitFor();
      await source.fill(`def ${toss}(coins: int) -> str:\n    """Toss.\n\n    Args:\n        coins: How many coins.\n    """\n    return "heads"\n`);
      await schema.filter({ hasText: "How many coins." }).waitFor();
      expect((await call("GET", `/v1/tools/?name=${toss}`)).length === 0, "nothing to be saved by a look at the schema");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText(`${toss} is saved.`).waitFor();
      await page.keyboard.press("Escape");

      const everywhere = page.getByRole("group", { name: "Environment of every tool" });
      await everywhere.getByLabel("Variable").fill("REGION");
      await everywhere.getByLabel("Its value").fill("nowhere near");
      await everywhere.getByRole("button", { name: "Set", exact: true }).click();
      await everywhere.getByRole("button", { name: "Remove REGION" }).click();
      await everywhere.getByText("Nothing is set.").waitFor();

      const form = page.getByRole("form", { name: "Add an MCP server" });
      await form.getByLabel("Name", { exact: true }).fill("maps");
      await form.getByLabel("Address").fill("https://maps.invalid/mcp");
      await form.getByText("Token and headers").click();
      await form.getByLabel("Token", { exact: true }).fill("a secret token");
      await form.getByLabel("Header of the token").fill("X-Key");
      await form.getByRole("button", { name: "Add" }).click();
      await page.getByText("Sends X-Key.").waitFor();
      await form.getByLabel("Name", { exact: true }).fill("charts");
      await form.getByLabel("Address").fill("https://charts.invalid/mcp");
      await form.getByLabel("Headers", { exact: true }).fill("no header");
      expect(await form.getByRole("button", { name: "Add" }).isDisabled(), "a line that is no header not to be sent");
      await form.getByLabel("Headers", { exact: true }).fill("X-Tenant: t1\nX-Trace: a secret header");
      await accessible(page, "the headers of an MCP server");
      await form.getByRole("button", { name: "Add" }).click();
      await page.getByText("Sends X-Tenant, X-Trace.").waitFor();
      expect(!/a secret/.test(await page.content()), "neither token nor header in the page");
      for (const name of ["maps", "charts"]) {
        await page.getByRole("button", { name: `Remove ${name}` }).click();
        await page.getByRole("button", { name: `Remove ${name}` }).waitFor({ state: "detached" });
      }
      await signsIn(page, form);

      await page.goto(`${url}/ade/agents/${agent.id}/tools`);
      const rules = page.getByRole("group", { name: "Rules" });
      const choose = async (label, option) => {
        await rules.getByLabel(label).first().click();
        await page.getByRole("option", { name: option, exact: true }).click();
      };
      const rule = async () => rules.getByRole("button", { name: "Add the rule" }).click();
      await choose("Tool of the rule", "memory_insert");
      await choose("What holds for it", "is called at most so often in a turn");
      await rules.getByLabel("At most").fill("3");
      await rule();
      await rules.getByText("memory_insert is called at most so often in a turn: 3").waitFor();
      await choose("Tool of the rule", "archival_memory_search");
      await choose("What holds for it", "is followed only by");
      await rules.getByLabel("These tools").first().press("ArrowDown");
      await page.getByRole("option", { name: "memory_insert", exact: true }).click();
      await page.keyboard.press("Escape");
      await rule();
      await rules.getByText("archival_memory_search is followed only by: memory_insert").waitFor();
      await accessible(page, "rules");
      await rules.getByRole("button", { name: /^Remove the rule: memory_insert is called/ }).click();
      await rules.getByText("memory_insert is called at most").waitFor({ state: "detached" });
      const kept = (await call("GET", `/v1/agents/${agent.id}`)).tool_rules;
      expect(!kept.some((each) => each.max_count_limit) && kept.some((each) => each.children?.[0] === "memory_insert"), `one of the two rules to be left, not ${JSON.stringify(kept)}`);

      await page.getByRole("tab", { name: "Settings" }).click();
      const panel = page.getByRole("tabpanel");
      for (const name of ["ONE", "TWO"]) {
        await panel.getByLabel("Name").last().fill(name);
        await panel.getByLabel("Value").fill(`value of ${name}`);
        await panel.getByRole("button", { name: "Set", exact: true }).click();
        await panel.getByRole("button", { name: `Remove ${name}` }).waitFor();
      }
      await panel.getByRole("button", { name: "Remove ONE" }).click();
      await page.getByText("Set: TWO").waitFor();
    },

    // Files that are dropped and deleted, how much of an upload has left, and who sees a folder.
    async papers() {
      const agent = await careful({ name: `reader ${Date.now()}` });
      const name = `papers ${Date.now()}`;
      const page = await open("/ade/folders");
      await page.getByLabel("New folder").fill(name);
      await page.getByRole("button", { name: "Make" }).click();
      const folder = page.getByRole("group", { name: `Folder ${name}` });
      // The answer to the upload is held back, so that its progress stays in sight while we look.
      let release;
      const held = new Promise((then) => (release = then));
      await page.route("**/upload*", async (route) => {
        await held;
        await route.continue();
      });
      const dropped = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(["The cat sat on the mat."], "cat.txt", { type: "text/plain" }));
        return data;
      });
      await folder.dispatchEvent("drop", { dataTransfer: dropped });
      await folder.getByRole("progressbar", { name: "cat.txt is sent" }).waitFor({ state: "attached" });
      release();
      const remove = folder.getByRole("button", { name: /^Delete the file .*cat/ });
      await remove.waitFor();
      await folder.getByText("completed").waitFor();
      await accessible(page, "a folder with a file");
      await folder.getByLabel(`Attach an agent to ${name}`).first().click();
      await page.getByRole("option", { name: agent.name, exact: true }).click();
      await folder.getByRole("link", { name: agent.name }).waitFor();

      const other = await page.context().newPage();
      await other.goto(`${url}/ade/agents/${agent.id}/memory`);
      const mine = other.getByRole("group", { name: "Folders" });
      await mine.getByRole("button", { name: `Detach the folder ${name}` }).click();
      await mine.getByText("None.").waitFor();
      await mine.getByLabel("Attach a folder").first().click();
      await other.getByRole("option", { name, exact: true }).click();
      await mine.getByRole("link", { name, exact: true }).waitFor();
      await other.close();

      await folder.getByRole("button", { name: `Detach ${agent.name} from ${name}` }).click();
      await folder.getByRole("link", { name: agent.name }).waitFor({ state: "detached" });
      await remove.click();
      await page.getByRole("button", { name: "Undo" }).click();
      await remove.click();
      await folder.getByText("Empty.").waitFor({ timeout: 15_000 });
    },

    // A block's limit, a block that two agents share, and the map of who shares what.
    async sharing() {
      const stamp = Date.now();
      const block = await call("POST", "/v1/blocks/", { label: "team", value: `We ship on Fridays ${stamp}.` });
      const other = await careful({ name: `other ${stamp}`, block_ids: [block.id] });
      const agent = await careful({ name: `sharer ${stamp}` });
      const page = await open(`/ade/agents/${agent.id}/memory`);
      const form = page.getByRole("form", { name: "Settings of human" });
      await page.locator('[data-block="human"]').getByText("Limit and more").click();
      await form.getByLabel("Limit, characters").fill("1234");
      await form.getByRole("button", { name: "Keep" }).click();
      await page.getByText("0 of 1,234").waitFor();
      const shared = page.getByRole("group", { name: "Shared blocks" });
      await shared.getByLabel("Attach a block").first().fill(String(block.id.slice(-4)));
      await page.getByRole("option", { name: new RegExp(`team: .*${block.id.slice(-4)}`) }).click();
      const card = page.locator('[data-block="team"]');
      await card.getByText("shared with 1").waitFor();
      await shared.getByText("Which agents share a block").click();
      const row = page.getByRole("table", { name: "Which agents share a block" }).getByRole("row");
      await row.first().getByRole("link", { name: other.name }).waitFor();
      await row.first().getByRole("link", { name: agent.name }).waitFor();
      await row.filter({ hasText: "team" }).getByRole("img", { name: "has it", exact: true }).nth(1).waitFor();
      await accessible(page, "shared blocks");
      await card.getByText("Limit and more").click();
      await card.getByRole("button", { name: "Detach it from this agent" }).click();
      await card.waitFor({ state: "detached" });
      const left = await call("GET", `/v1/blocks/${block.id}/agents`);
      expect(left.length === 1 && left[0].id === other.id, "the other agent alone to keep the block");
    },

    // An image that a tool returns, a hit far before what is loaded, copying, and dropping: an image on the message, an agent file on the list.
    async finding() {
      const words = [...Array(900).keys()].map((n) => ({ role: "user", content: n === 30 ? "the heliotrope blooms" : `message ${n}` }));
      const agent = await careful({ name: `found ${Date.now()}`, initial_message_sequence: words });
      const page = await open(`/ade/agents/${agent.id}/chat`, { permissions: ["clipboard-read", "clipboard-write"] });
      await page.locator("[data-index]").first().waitFor();
      await page.getByLabel("Search in the conversation").fill("heliotrope");
      await page.getByText("not among what is loaded").waitFor();
      await page.getByRole("button", { name: "Search all of it" }).click();
      const hits = page.getByRole("group", { name: "Found in the whole conversation" });
      const first = hits.getByRole("button", { name: /heliotrope/ }).first();
      await first.waitFor();
      await accessible(page, "hits of the whole conversation");
      await first.click();
      const row = page.locator('[data-kind="user"]').filter({ hasText: "the heliotrope blooms" });
      await row.waitFor();
      await page.waitForFunction(() => {
        const box = document.querySelector(".thread").getBoundingClientRect();
        const hit = [...document.querySelectorAll('[data-kind="user"]')].find((each) => each.textContent.includes("heliotrope"))?.getBoundingClientRect();
        return hit && hit.top >= box.top && hit.bottom <= box.bottom;
      });
      await row.hover();
      await row.getByRole("button", { name: "Copy the message" }).click();
      await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text === "the heliotrope blooms"));

      const image = await page.evaluateHandle(() => {
        const bytes = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), (each) => each.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], "dot.png", { type: "image/png" }));
        return data;
      });
      await message(page).dispatchEvent("drop", { dataTransfer: image });
      await page.getByRole("button", { name: "Remove image 1" }).waitFor();

      const dot = `dot_${Date.now()}`;
      const source = `def ${dot}() -> list:\n    """Draw a dot."""\n    data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="\n    return [{"type": "text", "text": "a dot"}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}]\n`;
      await call("POST", "/v1/tools/", { source_code: source });
      const painter = await careful({ name: `painter ${Date.now()}`, tools: [dot], tool_rules: [] });
      await page.goto(`${url}/ade/agents/${painter.id}/chat`);
      await message(page).waitFor();
      await say(page, `CALL ${dot} {}`);
      const drawn = page.getByRole("img", { name: `Image, returned by ${dot}` });
      await drawn.waitFor();
      await page.getByRole("button", { name: "Send" }).waitFor();
      await page.reload();
      await drawn.waitFor();
      expect(await drawn.evaluate((img) => img.decode().then(() => img.naturalWidth === 1)), "the image to be drawn under the policy of the page");
      const told = await page.locator('[data-kind="call"]').innerText();
      expect(told.includes("a dot") && !told.includes("image/png"), `words and image, not ${told}`);
      await accessible(page, "an image of a tool");

      const file = JSON.stringify(await call("GET", `/v1/agents/${(await careful({ name: `dropped ${Date.now()}` })).id}/export`));
      await page.goto(`${url}/ade`);
      await page.getByRole("heading", { name: "Agents" }).waitFor();
      const dropped = await page.evaluateHandle((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "agent.af", { type: "application/json" }));
        return data;
      }, file);
      await page.getByRole("heading", { name: "Agents" }).dispatchEvent("drop", { dataTransfer: dropped });
      await message(page).waitFor();
    },
  };
}
