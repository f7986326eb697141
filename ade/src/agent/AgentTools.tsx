import type { AgentState } from "@letta-ai/letta-client/resources/agents/agents";
import { Badge, Button, Card, Group, JsonInput, Select, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Trouble } from "../App";
import { Rules } from "./Rules";

/** What an agent can call: attach, detach, ask first, try. */
export default function AgentTools({ agent }: { agent: AgentState }) {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["agent", agent.id] });
  const all = useQuery({ queryKey: ["tools"], queryFn: async () => (await api.tools.list({ limit: 500 })).items });
  const attach = useMutation({ mutationFn: (tool: string) => api.agents.tools.attach(tool, { agent_id: agent.id }), onSuccess: again });
  const detach = useMutation({ mutationFn: (tool: string) => api.agents.tools.detach(tool, { agent_id: agent.id }), onSuccess: again });
  const ask = useMutation({
    mutationFn: (it: { name: string; asks: boolean }) => api.agents.tools.updateApproval(it.name, { agent_id: agent.id, body_requires_approval: it.asks }),
    onSuccess: again,
  });
  const attached = new Set(agent.tools.map((tool) => tool.id));
  const careful = new Set((agent.tool_rules ?? []).filter((rule) => rule.type === "requires_approval").map((rule) => rule.tool_name));
  const error = attach.error ?? detach.error ?? ask.error;
  return (
    <Stack>
      <Select
        label="Attach a tool"
        placeholder="Name of a tool"
        searchable
        value={null}
        data={(all.data ?? []).filter((tool) => !attached.has(tool.id)).map((tool) => ({ value: tool.id, label: tool.name ?? tool.id }))}
        onChange={(id) => id && attach.mutate(id)}
        maw={420}
      />
      {error && <Trouble error={error} />}
      {agent.tools.length === 0 && <Text>It has no tools: it can only talk.</Text>}
      {agent.tools.map((tool) => (
        <Card key={tool.id} withBorder p="sm">
          <Group justify="space-between">
            <Group gap="xs">
              <Text fw={600}>{tool.name}</Text>
              <Badge variant="default">{tool.tool_type}</Badge>
            </Group>
            <Group gap="xs">
              <Switch label="ask first" checked={careful.has(tool.name ?? "")} onChange={(e) => ask.mutate({ name: tool.name ?? "", asks: e.currentTarget.checked })} />
              <Button size="xs" variant="default" onClick={() => detach.mutate(tool.id)}>
                Detach
              </Button>
            </Group>
          </Group>
          <Text size="sm">{tool.description}</Text>
          <Try agentId={agent.id} name={tool.name ?? ""} parameters={(tool.json_schema as { parameters?: Schema } | null)?.parameters} />
        </Card>
      ))}
      <Rules agent={agent} />
    </Stack>
  );
}

interface Schema {
  properties?: Record<string, { type?: string; description?: string }>;
  required?: string[];
}

/** Calls the tool for the agent, with arguments that start as the schema wants them. */
function Try({ agentId, name, parameters }: { agentId: string; name: string; parameters: Schema | undefined }) {
  const start = Object.fromEntries((parameters?.required ?? []).map((key) => [key, parameters?.properties?.[key]?.type === "integer" ? 0 : ""]));
  const [args, setArgs] = useState(JSON.stringify(start, null, 2));
  const run = useMutation({ mutationFn: () => api.agents.tools.run(name, { agent_id: agentId, args: JSON.parse(args) as Record<string, unknown> }) });
  return (
    <details>
      <summary>Try it</summary>
      <Stack gap="xs" mt="xs">
        <JsonInput label={`Arguments of ${name}`} autosize minRows={2} value={args} onChange={setArgs} formatOnBlur validationError="This is not JSON." />
        <Group>
          <Button size="xs" onClick={() => run.mutate()} loading={run.isPending}>
            Run
          </Button>
        </Group>
        {run.error && <Trouble error={run.error} />}
        {run.data && (
          <Text className="mono" aria-live="polite">
            {`${run.data.status}\n${typeof run.data.func_return === "string" ? run.data.func_return : JSON.stringify(run.data.func_return, null, 1)}\n${[...(run.data.stdout ?? []), ...(run.data.stderr ?? [])].join("")}`}
          </Text>
        )}
      </Stack>
    </details>
  );
}
