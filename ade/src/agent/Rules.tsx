import type { AgentState } from "@letta-ai/letta-client/resources/agents/agents";
import { Button, Group, MultiSelect, NumberInput, Select, Stack, Text, Textarea, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, type Json } from "../api";
import { Trouble } from "../App";

type Rule = NonNullable<AgentState["tool_rules"]>[number];

/** Each kind of rule, said after the name of its tool. */
const KINDS: Record<string, string> = {
  run_first: "is called first",
  continue_loop: "lets the agent go on",
  exit_loop: "ends the turn",
  requires_approval: "asks a person first",
  required_before_exit: "must be called before the turn ends",
  max_count_per_step: "is called at most so often in a turn",
  constrain_child_tools: "is followed only by",
  parent_last_tool: "opens the way to",
  conditional: "is followed by what it returned",
};

function spoken(rule: Rule): string {
  const more = rule as { children?: string[]; max_count_limit?: number; child_output_mapping?: Record<string, string>; default_child?: string | null; args?: Json | null };
  const parts = [
    more.children?.join(", "),
    more.max_count_limit?.toString(),
    more.child_output_mapping && Object.entries(more.child_output_mapping).map(([said, next]) => `${said} → ${next}`).join(", "),
    more.default_child && `otherwise ${more.default_child}`,
    more.args && JSON.stringify(more.args),
  ].filter(Boolean);
  return `${rule.tool_name} ${KINDS[rule.type ?? ""] ?? rule.type}${parts.length ? `: ${parts.join("; ")}` : ""}`;
}

/** What an answer leads to, one a line, "answer: tool"; null when a line is none. */
function mappingOf(text: string, names: string[]): Record<string, string> | null {
  const pairs = text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => [line.slice(0, line.lastIndexOf(":")).trim(), line.slice(line.lastIndexOf(":") + 1).trim()] as const);
  return pairs.length > 0 && pairs.every(([said, next]) => said && names.includes(next)) ? Object.fromEntries(pairs) : null;
}

/** When which tool may be called: the rules, each with a way to remove it, and a form for one more. */
export function Rules({ agent }: { agent: AgentState }) {
  const queries = useQueryClient();
  const rules = agent.tool_rules ?? [];
  const save = useMutation({
    mutationFn: (next: Rule[]) => api.agents.update(agent.id, { tool_rules: next as never }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agent", agent.id] }),
  });
  return (
    <Stack gap="xs" role="group" aria-label="Rules">
      <Title order={2} size="h5">
        Rules
      </Title>
      {rules.length === 0 && <Text size="sm">No rules: any tool may be called at any time.</Text>}
      {rules.map((rule, index) => (
        <Group key={index} gap="xs" wrap="nowrap">
          <Text size="sm" className="text">
            {spoken(rule)}
          </Text>
          <Button size="compact-xs" variant="subtle" color="red" disabled={save.isPending} onClick={() => save.mutate(rules.filter((_, at) => at !== index))} aria-label={`Remove the rule: ${spoken(rule)}`}>
            Remove
          </Button>
        </Group>
      ))}
      <NewRule names={agent.tools.map((tool) => tool.name ?? "").filter(Boolean)} add={(rule) => save.mutateAsync([...rules, rule])} />
      {save.error && <Trouble error={save.error} />}
    </Stack>
  );
}

function NewRule({ names, add }: { names: string[]; add: (rule: Rule) => Promise<unknown> }) {
  const [tool, setTool] = useState<string | null>(null);
  const [kind, setKind] = useState<string | null>(null);
  const [children, setChildren] = useState<string[]>([]);
  const [most, setMost] = useState<number | string>(1);
  const [lines, setLines] = useState("");
  const [otherwise, setOtherwise] = useState<string | null>(null);
  const follows = kind === "constrain_child_tools" || kind === "parent_last_tool";
  const mapping = mappingOf(lines, names);
  const more = (): Json => {
    if (follows) return { children };
    if (kind === "max_count_per_step") return { max_count_limit: most };
    if (kind === "conditional") return { child_output_mapping: mapping, default_child: otherwise };
    return {};
  };
  const whole = tool && kind && (!follows || children.length > 0) && (kind !== "conditional" || mapping) && (kind !== "max_count_per_step" || typeof most === "number");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // A refusal is shown above; what was written stays for another try.
    const kept = await add({ tool_name: tool, type: kind, ...more() } as unknown as Rule).then(() => true, () => false);
    if (!kept) return;
    setTool(null);
    setKind(null);
    setChildren([]);
    setLines("");
    setOtherwise(null);
  };
  return (
    <form onSubmit={submit} aria-label="Add a rule">
      <Group align="flex-end">
        <Select label="Tool of the rule" data={names} value={tool} onChange={setTool} searchable />
        <Select label="What holds for it" data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))} value={kind} onChange={setKind} miw={290} />
        {follows && <MultiSelect label="These tools" data={names.filter((name) => name !== tool)} value={children} onChange={setChildren} searchable miw={200} />}
        {kind === "max_count_per_step" && <NumberInput label="At most" value={most} onChange={setMost} min={0} allowDecimal={false} w={110} />}
        {kind === "conditional" && (
          <>
            <Textarea label="What it returned: next tool, one a line" autosize minRows={2} value={lines} onChange={(e) => setLines(e.currentTarget.value)} error={lines && !mapping ? "Each line has an answer, a colon and a tool of this agent." : undefined} miw={260} />
            <Select label="Otherwise" data={names} value={otherwise} onChange={setOtherwise} clearable />
          </>
        )}
        <Button type="submit" variant="default" disabled={!whole}>
          Add the rule
        </Button>
      </Group>
    </form>
  );
}
