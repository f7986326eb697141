// Scenes in which a person decides and changes things; ade.mjs plays them and hands over what they are written in.
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
      await asked.nth(1).getByLabel("What it should know or do instead").fill("nobody asked");
      await asked.nth(1).getByRole("button", { name: "Deny" }).click();
      await send.click();
      await page.locator('[data-kind="assistant"]').filter({ hasText: "Done." }).waitFor();
      await page.waitForFunction(() => document.querySelector('[data-block="human"] textarea')?.value.includes("Likes green tea."));
      expect(!(await human(page)).includes("rain"), "the denied call not to be made");
      const returns = JSON.stringify(await call("GET", `/v1/agents/${agent.id}/messages?limit=20`));
      expect(returns.includes("A person changed the arguments") && returns.includes("nobody asked"), "the agent to be told of both");
    },
  };
}
