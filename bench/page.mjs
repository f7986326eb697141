// Measures the web page in a real browser: node page.mjs URL AGENT EMPTY_AGENT ROUNDS SLOWER. Started by page.py; prints one line a figure.
// AGENT has a long history, EMPTY_AGENT has none.
import { chromium } from "playwright-core";

const [url, agent, empty, rounds, slower] = process.argv.slice(2);

/** Everything that keeps the main thread longer than this is a long task, ms: what browsers report. */
const LONG = 50;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;

async function visit(path) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((each) => each.duration))).observe({ type: "longtask", buffered: true });
  });
  if (Number(slower) > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: Number(slower) });
  await page.goto(url + path, { waitUntil: "commit" });
  return page;
}

/** Ms from the beginning of the navigation until something can be used, seen by the page itself at its next frame. */
const usable = (page, selector) =>
  page.evaluate(
    (wanted) =>
      new Promise((then) => {
        const look = () => (document.querySelector(wanted) ? requestAnimationFrame(() => then(performance.now())) : requestAnimationFrame(look));
        look();
      }),
    selector,
  );

/** What came over the wire, bytes of the bodies as sent. */
const bytes = (page) =>
  page.evaluate(() => {
    const sum = (end) =>
      performance
        .getEntriesByType("resource")
        .filter((each) => new URL(each.name).pathname.endsWith(end))
        .reduce((all, each) => all + each.encodedBodySize, 0);
    return { js: sum(".js"), css: sum(".css") };
  });

async function load(name, path, selector) {
  const took = [];
  let size;
  for (let i = 0; i < Number(rounds); i++) {
    const page = await visit(path);
    took.push(await usable(page, selector));
    await page.waitForLoadState("networkidle");
    size = await bytes(page);
    await page.context().close();
  }
  console.log(`${name}: JavaScript ${(size.js / 1000).toFixed(1)} kB, styles ${(size.css / 1000).toFixed(1)} kB gzipped; usable after p50 ${at(took, 0.5).toFixed(0)} ms (${sorted(took).map((each) => each.toFixed(0)).join(" ")})`);
}

async function tasks(page, name, work) {
  await page.evaluate(() => (window.tasks.length = 0));
  await work();
  await page.waitForTimeout(200);
  const seen = await page.evaluate(() => window.tasks);
  console.log(`${name}: ${seen.length} tasks over ${LONG} ms${seen.length ? `: ${sorted(seen).map((each) => each.toFixed(0)).join(" ")}` : ""}`);
}

try {
  await load("/ade", "/ade", 'input[placeholder="Part of a name"]:not([disabled])');
  await load("a direct link to a chat", `/ade/agents/${empty}/chat`, 'textarea[aria-label="Message"]:not([disabled])');
  const page = await visit(`/ade/agents/${agent}/chat`);
  await page.locator("[data-index]").first().waitFor();
  const more = page.getByRole("button", { name: "Older messages" });
  const count = () => page.evaluate(() => Number(document.querySelector('[role="log"] > div:last-child')?.style.height.replace("px", "")));
  await tasks(page, "older messages, page by page", async () => {
    while (await more.isVisible()) {
      const before = await count();
      await more.click();
      await page.waitForFunction(([old]) => Number(document.querySelector('[role="log"] > div:last-child')?.style.height.replace("px", "")) !== old, [before]).catch(() => {});
    }
  });
  console.log(`rows' height: ${await count()} px`);
  const box = page.getByRole("log");
  await tasks(page, "scrolling from end to end", async () => {
    for (let i = 0; i <= 40; i++) {
      await box.evaluate((el, share) => (el.scrollTop = el.scrollHeight * share), i / 40);
      await page.waitForTimeout(30);
    }
  });
  const message = page.getByLabel("Message", { exact: true });
  await tasks(page, "typing 120 letters", () => message.pressSequentially("The quick brown fox jumps over the lazy dog and then ".repeat(3).slice(0, 120), { delay: 20 }));
  await message.fill("");
  await tasks(page, "12 s of rest", () => page.waitForTimeout(12_000));
  await tasks(page, "an answer of 300 words, streamed while one types", async () => {
    await message.fill("SLOW 300");
    await message.press("Enter");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await message.pressSequentially("and now something else entirely, letter by letter", { delay: 50 });
    await page.getByRole("button", { name: "Send" }).waitFor({ timeout: 60_000 });
  });
  await message.fill("");
  await tasks(page, "searching the conversation", async () => {
    await page.getByLabel("Search in the conversation").pressSequentially("nothing", { delay: 100 });
    await page.getByLabel("Search in the conversation").fill("");
  });
} finally {
  await browser.close();
}
