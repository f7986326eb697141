// The web page in a real browser, driven as a person would: node ade.mjs SCENE URL [more]. Fails with a text that says what was expected.
import { chromium } from "playwright-core";
import { AxeBuilder } from "@axe-core/playwright";
import fs from "node:fs";
import { hands } from "./ade_hands.mjs";

const [scene, url, ...more] = process.argv.slice(2);
const SHOTS = process.env.ADE_SHOTS; // a folder in which pictures of what was seen are put; none without it
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const trouble = [];

async function open(path = "/ade", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.on("pageerror", (e) => trouble.push(`page error: ${e.message}`));
  page.on("console", (m) => /Content Security Policy|Refused to/.test(m.text()) && trouble.push(m.text()));
  page.on("request", (r) => !r.url().startsWith(url) && !r.url().startsWith("data:") && !r.url().startsWith("blob:") && trouble.push(`asked another host: ${r.url()}`));
  await page.goto(url + path);
  return page;
}

const expect = (truth, what) => {
  if (!truth) throw new Error(`expected: ${what}`);
};

async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

async function accessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter((each) => ["serious", "critical"].includes(each.impact));
  expect(bad.length === 0, `${where} without serious axe violations, found ${JSON.stringify(bad.map((each) => [each.id, each.nodes.map((node) => `${node.target} ${node.failureSummary}`)]))}`);
  expect(!(await page.locator("body").innerText()).includes("[object Object]"), `${where} without a value that was not put into words`);
}

const message = (page) => page.getByLabel("Message", { exact: true });

async function say(page, text) {
  await message(page).fill(text);
  await message(page).press("Enter");
}

/** Makes an agent by the form of the list. */
async function make(page, name, model = "demo/mneme-demo") {
  await page.getByRole("heading", { name: "Agents" }).waitFor();
  await page.getByRole("heading", { name: "Your first agent" }).or(page.getByLabel("Search")).first().waitFor();
  if (!(await page.getByRole("heading", { name: "Your first agent" }).isVisible())) await page.getByRole("button", { name: "New agent" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("combobox", { name: "Model" }).or(page.getByRole("textbox", { name: "Model" })).first().click();
  await page.getByRole("option", { name: model, exact: true }).click();
  await page.getByRole("button", { name: "Create and talk" }).click();
  await message(page).waitFor();
}

const agentId = (page) => new URL(page.url()).pathname.match(/agents\/(agent-[\w-]+)/)[1];

const scenes = {
  // The walk of docs/ade.md: someone who has never seen it makes an agent, tells it a fact, sees its memory change and the picture move.
  async first() {
    const page = await open();
    await page.getByRole("heading", { name: "Your first agent" }).waitFor();
    await accessible(page, "the first page");
    await shot(page, "walk-1-first-page");
    await make(page, "Ada's friend");
    await page.getByText("Nothing was said yet.").waitFor();
    const bar = page.getByRole("group", { name: "Context window" });
    const tokens = async (name) => Number((await bar.getByRole("button", { name: new RegExp(`^${name}: `) }).getAttribute("aria-label")).match(/(\d+) tokens/)[1]);
    await bar.getByRole("button").first().waitFor();
    const before = { memory: await tokens("Core memory"), all: await page.getByText(/tokens \(/).textContent() };
    await shot(page, "walk-2-empty-agent");
    await say(page, "My name is Ada and I like green tea.");
    await page.waitForFunction(() => document.querySelector('[data-block="human"] textarea')?.value.includes("Ada"));
    await page.getByRole("button", { name: "Send" }).waitFor();
    await page.getByText(/The change so far|The last \d+ changes/).first().click();
    await page.locator(".plus").filter({ hasText: "tea" }).first().waitFor();
    await page.waitForFunction((old) => ![...document.querySelectorAll("p")].some((p) => p.textContent === old), before.all);
    expect((await tokens("Core memory")) > before.memory, "the part of the memory in the picture to be wider than before");
    await page.getByText(/The change so far|The last \d+ changes/).first().scrollIntoViewIfNeeded();
    await page.locator(".plus").filter({ hasText: "tea" }).first().scrollIntoViewIfNeeded();
    await shot(page, "walk-3-memory-changed");
    await page.evaluate(() => window.scrollTo(0, 0));
    await say(page, "What is my name?");
    await page.locator('[data-kind="assistant"]').filter({ hasText: "Ada" }).first().waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    // No gap is left where a message that was said here got its stored key: each row is as high as its place.
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll("[data-index]")].map((row) => row.getBoundingClientRect());
      return rows.every((row, index) => index === 0 || Math.abs(row.top - rows[index - 1].bottom) < 2);
    });
    await shot(page, "walk-4-it-remembers");
    await page.getByRole("tab", { name: "Context" }).click();
    await page.getByRole("button", { name: "Show Core memory" }).click();
    await page.getByText("chars_limit").waitFor();
    await page.waitForLoadState("networkidle");
    await shot(page, "walk-5-context");
    await page.getByRole("button", { name: "Use dark colours" }).click();
    await page.getByRole("tab", { name: "Memory" }).click();
    await page.getByLabel("Store something").waitFor();
    await shot(page, "walk-6-dark");
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole("tab", { name: "Chat" }).click();
    await page.locator('[data-kind="assistant"]').filter({ hasText: "Ada" }).first().waitFor();
    await page.waitForLoadState("networkidle");
    await shot(page, "walk-7-narrow");
  },

  // Every place and every tab: no serious violation, light and dark, wide and narrow.
  async places() {
    const page = await open();
    await make(page, "seen from all sides");
    await say(page, "My name is Ada.");
    await page.locator('[data-kind="assistant"]').first().waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    for (const scheme of ["light", "dark"]) {
      if (scheme === "dark") await page.getByRole("button", { name: "Use dark colours" }).click();
      for (const tab of ["Chat", "Context", "Memory", "Tools", "Steps", "Settings"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.getByRole("tabpanel").waitFor();
        await page.waitForLoadState("networkidle");
        await accessible(page, `${tab} in ${scheme}`);
        if (scheme === "light") await shot(page, `ade-${tab.toLowerCase()}`);
        if (tab === "Steps") {
          await page.getByRole("button", { name: /What the model was sent/ }).first().click();
          await page.getByRole("region", { name: "What the model was sent" }).getByText("My name is Ada.").first().waitFor({ state: "attached" });
          await accessible(page, `a step's prompt in ${scheme}`);
          if (scheme === "light") await shot(page, "ade-prompt");
          await page.getByRole("button", { name: "Close" }).click();
          await page.getByRole("dialog").waitFor({ state: "detached" });
        }
      }
    }
    const id = agentId(page);
    for (const place of ["Runs", "Tools", "Folders", "Server", "Agents"]) {
      await page.getByRole("link", { name: place, exact: true }).first().click();
      await page.getByRole("heading", { level: 1, name: place }).waitFor();
      await page.waitForLoadState("networkidle");
      await accessible(page, place);
      await shot(page, `ade-${place.toLowerCase()}-page`);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    const agent = `/ade/agents/${id}`;
    for (const path of ["/ade", "/ade/runs", "/ade/tools", "/ade/server", `${agent}/chat`, `${agent}/context`, `${agent}/memory`, `${agent}/steps`, `${agent}/settings`]) {
      await page.goto(url + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide <= 390, `${path} to fit 390 px, it is ${wide}`);
      await accessible(page, `${path} in dark at 390 px`);
    }
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Agents", exact: true }).waitFor();
    // What is not there, and a server that refuses, are said in words that everybody can read, dark and light.
    const gone = "/ade/agents/agent-123e4567-e89b-42d3-8456-426614174000";
    for (const scheme of ["dark", "light"]) {
      await page.goto(url + gone);
      await page.getByRole("alert").first().waitFor();
      if (scheme === "light") {
        await page.getByRole("button", { name: "Use light colours" }).click();
        await page.getByRole("button", { name: "Use dark colours" }).waitFor();
      }
      await accessible(page, `an agent that is gone, ${scheme}`);
      await page.route("**/v1/runs/**", (route) => route.fulfill({ status: 500, contentType: "application/json", body: '{"detail":"The disk is full."}' }));
      await page.goto(`${url}/ade/runs`);
      await page.getByRole("alert").filter({ hasText: "The disk is full." }).first().waitFor({ timeout: 20_000 });
      await accessible(page, `a list that could not be read, ${scheme}`);
      await page.unroute("**/v1/runs/**");
    }
  },

  // Without a mouse: from the list to an answer.
  async keyboard() {
    const page = await open();
    await page.getByRole("heading", { name: "Agents" }).waitFor();
    await page.waitForLoadState("networkidle");
    const reach = async (test, what) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(test)) return;
      }
      throw new Error(`expected: to reach ${what} by the tab key`);
    };
    if (!(await page.getByRole("heading", { name: "Your first agent" }).isVisible())) {
      await reach(() => document.activeElement?.textContent === "New agent", "New agent");
      await page.keyboard.press("Enter");
      await page.getByLabel("Name").waitFor();
      await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
    } else {
      await reach(() => document.activeElement?.labels?.[0]?.textContent === "Name", "Name");
    }
    await page.keyboard.type("by keys");
    await reach(() => document.activeElement?.textContent === "Create and talk", "Create and talk");
    await page.keyboard.press("Enter");
    await message(page).waitFor();
    await reach(() => document.activeElement?.getAttribute("aria-label") === "Message", "the message");
    await page.keyboard.type("hello by keys");
    await page.keyboard.press("Enter");
    await page.locator('[data-kind="assistant"]').first().waitFor();
  },

  // What one tab says, the other shows.
  async tabs() {
    const first = await open();
    await make(first, "seen twice", "openai/gpt-4o");
    const second = await first.context().newPage();
    await second.goto(first.url());
    await message(second).waitFor();
    await say(first, "said in the first tab");
    await second.locator('[data-kind="assistant"]').filter({ hasText: "said in the first tab" }).waitFor({ timeout: 20_000 });
    await say(second, "and in the second");
    await first.locator('[data-kind="assistant"]').filter({ hasText: "and in the second" }).waitFor({ timeout: 20_000 });
    expect((await first.locator('[data-kind="user"]').count()) === 2, "each message once in the first tab");
  },

  // A page that is loaded again in the middle of an answer goes on reading it; a stop stops it.
  async resume() {
    const page = await open();
    await make(page, "interrupted", "openai/gpt-4o");
    await say(page, "SLOW 150");
    await page.locator('[data-kind="assistant"]').filter({ hasText: /\w+ \w+ \w+/ }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.locator('[data-kind="assistant"]').filter({ hasText: /\w+ \w+ \w+/ }).waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor({ timeout: 20_000 });
    expect((await page.locator('[data-kind="user"]').count()) === 1, "the message once");
    await say(page, "SLOW 2000");
    await page.locator('[data-kind="assistant"]').nth(1).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Send" }).waitFor({ timeout: 10_000 });
    await say(page, "still there?");
    await page.locator('[data-kind="assistant"]').filter({ hasText: "still there?" }).waitFor();
  },

  // The server is killed in the middle of an answer and comes back: the page says so, and then goes on.
  async killed() {
    const page = await open();
    await make(page, "survivor", "openai/gpt-4o");
    await say(page, "SLOW 500");
    await page.locator('[data-kind="assistant"]').filter({ hasText: /\w+ \w+ \w+/ }).waitFor();
    fs.writeFileSync(more[0], "kill");
    // The test kills the server, starts it again and then removes the file.
    while (fs.existsSync(more[0])) await new Promise((then) => setTimeout(then, 100));
    await page.getByRole("button", { name: "Send" }).waitFor({ timeout: 40_000 });
    await say(page, "are you back?");
    await page.locator('[data-kind="assistant"]').filter({ hasText: "are you back?" }).waitFor({ timeout: 20_000 });
  },

  // A call that a person decides: denied with a remark, then approved.
  async approval() {
    const page = await open();
    await make(page, "careful", "openai/gpt-4o");
    await page.getByRole("tab", { name: "Tools" }).click();
    const card = page.locator(".mantine-Card-root").filter({ hasText: "memory_insert" }).first();
    await card.getByRole("switch", { name: "ask first" }).click({ force: true });
  await page.waitForFunction(() => [...document.querySelectorAll("input[role=switch]")].some((each) => each.checked));
    await page.waitForLoadState("networkidle");
    await page.getByRole("tab", { name: "Chat" }).click();
    const ask = 'CALL memory_insert {"label": "human", "new_string": "Likes tea."}';
    await say(page, ask);
    await page.getByRole("group", { name: "Approval" }).waitFor();
    await accessible(page, "an approval");
    await page.getByLabel("What it should know or do instead").fill("not yet");
    await page.getByRole("button", { name: "Deny" }).click();
    await page.locator('[data-kind="assistant"]').first().waitFor();
    expect(!(await page.locator('[data-block="human"] textarea').inputValue()).includes("tea"), "nothing to be written after a denial");
    await say(page, ask);
    await page.getByRole("button", { name: "Approve" }).click();
    await page.waitForFunction(() => document.querySelector('[data-block="human"] textarea')?.value.includes("Likes tea."));
  },

  // Edit a block with undo, delete an agent and change one's mind, export and bring it back.
  async handling() {
    const page = await open();
    await make(page, "handled");
    const id = agentId(page);
    await page.getByRole("tab", { name: "Memory" }).click();
    const block = page.locator('[data-block="human"]');
    await block.locator("textarea").first().fill("Name: Grace");
    await block.getByRole("button", { name: "Save" }).click();
    await block.getByRole("button", { name: "Undo the last change" }).click();
    await page.waitForFunction(() => document.querySelector('[data-block="human"] textarea')?.value === "");
    // What was is kept by the server: after a reload both changes are there, and the older state can be brought back.
    await page.reload();
    await page.getByText("The last 2 changes").click();
    await page.getByLabel("Change of human").selectOption("0");
    expect((await page.locator(".minus").first().textContent()).includes("Grace"), "the undone words to be marked");
    await page.getByRole("button", { name: "Undo the last change" }).click();
    await page.waitForFunction(() => document.querySelector('[data-block="human"] textarea')?.value === "Name: Grace");
    await page.getByLabel("Store something").fill("Grace likes compilers.");
    await page.getByRole("button", { name: "Store", exact: true }).click();
    await page.getByText("Grace likes compilers.").first().waitFor();
    await page.getByLabel("Search by words and meaning").fill("who likes compilers");
    await page.getByText(/· score \d\.\d{3}/).first().waitFor();
    // A second secret leaves the first; neither value comes back.
    await page.getByRole("tab", { name: "Settings" }).click();
    for (const name of ["ONE", "TWO"]) {
      const secrets = page.getByRole("tabpanel");
      await secrets.getByLabel("Name").last().fill(name);
      await secrets.getByLabel("Value").fill(`value of ${name}`);
      await secrets.getByRole("button", { name: "Set", exact: true }).click();
      await page.getByText(new RegExp(`^Set: .*${name}$`)).waitFor();
    }
    expect(await page.getByText("Set: ONE, TWO").isVisible(), "both secrets to be named");
    expect(!(await page.content()).includes("value of"), "no secret's value in the page");
    // Where the time of a run went.
    await page.getByRole("tab", { name: "Chat" }).click();
    await say(page, "Hello");
    await page.locator('[data-kind="assistant"]').first().waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    const [run] = await (await fetch(`${url}/v1/runs/?agent_id=${id}&limit=1`)).json();
    // What the server notes when a model fails, put into its answer: no model fails here.
    const [step] = await (await fetch(`${url}/v1/runs/${run.id}/steps`)).json();
    const retries = [{ step_id: step.id, model: "openai/gpt-4o", error: "503 from the provider.", wait_ms: 0, fallback: "demo/mneme-demo" }];
    await page.route(`**/v1/runs/${run.id}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), metadata: { retries } } });
    });
    await page.goto(`${url}/ade/runs/${run.id}`);
    await page.getByText("openai/gpt-4o failed: 503 from the provider. The fallback model demo/mneme-demo was asked instead.").waitFor();
    for (const span of ["agent_run", "agent_step", "llm_request"]) await page.getByText(new RegExp(`^${span}: `)).first().waitFor();
    await page.getByRole("link", { name: "Agents", exact: true }).click();
    const menu = page.getByRole("button", { name: "What to do with handled" });
    await menu.click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Export" }).click()]);
    expect((await file.path()) && file.suggestedFilename() === "handled.af", "a file handled.af");
    await menu.click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("link", { name: "handled", exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("link", { name: "handled", exact: true }).waitFor();
    await menu.click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByText("handled is being deleted.").waitFor({ state: "detached", timeout: 15_000 });
    expect((await fetch(`${url}/v1/agents/${id}`)).status === 404, "the agent to be gone");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "From a file" }).click()]);
    await chooser.setFiles(await file.path());
    await message(page).waitFor();
    expect(agentId(page) !== id, "a new agent from the file");
  },

  // A server that asks who one is: nothing of the secret stays where scripts can read it.
  async login() {
    const page = await open();
    await page.getByLabel("Password or API key").waitFor();
    await accessible(page, "the login");
    await shot(page, "ade-login");
    // The page goes on asking whether it is let in, which takes nothing away from who is typing.
    await page.getByLabel("Password or API key").fill("half of");
    for (let asked = 0; asked < 2; asked++) await page.waitForResponse((response) => response.url().includes("/v1/agents") && response.status() === 401);
    expect((await page.getByLabel("Password or API key").inputValue()) === "half of", "what was typed to be there still");
    await page.getByLabel("Password or API key").fill("wrong");
    await page.getByRole("button", { name: "Enter" }).click();
    await page.getByRole("alert").filter({ hasText: "neither" }).waitFor();
    await page.getByLabel("Password or API key").fill(more[0]);
    await page.getByRole("button", { name: "Enter" }).click();
    await page.getByRole("heading", { name: "Agents" }).waitFor();
    const seen = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
    expect(!seen.includes(more[0]), "the secret to be nowhere in the page");
    await page.goto(`${url}/ade/server`);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Password or API key").waitFor();
  },

  // A long conversation: the list stays a list of what is in sight.
  async long() {
    const page = await open(`/ade/agents/${more[0]}/chat`);
    await page.locator("[data-index]").first().waitFor();
    // A button that loads takes no click, so the clicks are one page each; the fifth page has the beginning and takes the button away.
    const pages = [];
    page.on("response", (response) => response.url().includes("before=") && pages.push(new URL(response.url()).searchParams.get("before")));
    const older = page.getByRole("button", { name: "Older messages" });
    for (let i = 1; await older.isVisible(); i++) {
      await older.click();
      await page.waitForFunction(() => !document.querySelector("button[data-loading]"));
      expect(i < 10, "the beginning of the conversation to be reached");
    }
    expect(new Set(pages).size === pages.length && pages.length >= 4, `each older page to be asked for once, not ${pages}`);
    const drawn = await page.locator("[data-index]").count();
    expect(drawn < 60, `few rows to be drawn, not ${drawn}`);
    await page.getByLabel("Search in the conversation").fill("needle");
    await page.getByText("1 of 1").waitFor();
    await page.locator('[data-kind="user"]').filter({ hasText: "needle" }).waitFor();
    // Who says something while reading far above is brought to it.
    await page.getByLabel("Search in the conversation").fill("");
    await page.getByRole("log").evaluate((el) => (el.scrollTop = 0));
    await page.locator('[data-index="0"]').waitFor();
    await say(page, "said from far above");
    await page.locator('[data-kind="user"]').filter({ hasText: "said from far above" }).waitFor();
    await page.waitForFunction(() => {
      const log = document.querySelector('[role="log"]');
      return log.scrollHeight - log.scrollTop - log.clientHeight < 5;
    });
  },
};

Object.assign(scenes, hands({ open, make, say, message, agentId, accessible, expect, url }));

try {
  await scenes[scene]();
  expect(trouble.length === 0, `no trouble on the page, found ${JSON.stringify(trouble)}`);
} catch (e) {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) {
      console.error(`the page showed: ${(await page.locator("body").innerText().catch(() => "nothing")).slice(0, 1500)}`);
    }
  }
  console.error(e.message, JSON.stringify(trouble));
  process.exitCode = 1;
} finally {
  await browser.close();
}
