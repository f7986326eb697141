import type { AgentState } from "@letta-ai/letta-client/resources/agents/agents";
import { Button, Group, NumberInput, Select, Stack, TagsInput, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../api";
import { Trouble } from "../App";
import { Variables } from "../Variables";

/** Name, model, instructions, and secrets that are written but never shown again. */
export default function Settings({ agent }: { agent: AgentState }) {
  const queries = useQueryClient();
  const [name, setName] = useState(agent.name);
  const [description, setDescription] = useState(agent.description ?? "");
  const [tags, setTags] = useState(agent.tags);
  const [model, setModel] = useState<string | null>(agent.model ?? agent.llm_config?.handle ?? null);
  const [window, setWindow] = useState<number | string>(agent.llm_config?.context_window ?? "");
  const [system, setSystem] = useState(agent.system);
  const models = useQuery({ queryKey: ["models"], queryFn: () => api.models.list() });
  const handles = [...new Set([...(model ? [model] : []), ...(models.data ?? []).map((each) => each.handle ?? `${each.provider_name}/${each.name}`)])];
  const save = useMutation({
    mutationFn: () =>
      api.agents.update(agent.id, {
        name,
        description,
        tags,
        system,
        ...(model && model !== agent.model ? { model } : {}),
        ...(typeof window === "number" && window !== agent.llm_config?.context_window ? { context_window_limit: window } : {}),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agent", agent.id] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Stack maw={720}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} required />
          <TextInput label="Description" value={description} onChange={(e) => setDescription(e.currentTarget.value)} />
          <TagsInput label="Tags" value={tags} onChange={setTags} />
          <Select label="Model" data={handles} value={model} onChange={setModel} searchable allowDeselect={false} />
          <NumberInput label="Context window, tokens" value={window} onChange={setWindow} min={1_000} step={1_000} thousandSeparator="," />
          <Textarea label="Instructions" autosize minRows={4} maxRows={20} value={system} onChange={(e) => setSystem(e.currentTarget.value)} />
          {save.error && <Trouble error={save.error} />}
          <Group>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
            {save.isSuccess && (
              <Text size="sm" role="status">
                Saved.
              </Text>
            )}
          </Group>
        </Stack>
      </form>
      <Secrets agent={agent} />
    </Stack>
  );
}

function Secrets({ agent }: { agent: AgentState }) {
  const queries = useQueryClient();
  // Values are never sent back to a browser: they come masked, and a masked one that is sent stays as it was. What is there is asked anew,
  // because the set replaces the old one and another tab may have added to it.
  const names = (agent.secrets ?? []).map((secret) => secret.key);
  const change = async (how: (kept: Record<string, string>) => Record<string, string>) => {
    const now = (await api.agents.retrieve(agent.id, { include: ["agent.secrets"] })).secrets ?? [];
    return api.agents.update(agent.id, { secrets: how(Object.fromEntries(now.map((each) => [each.key, each.value ?? ""]))) });
  };
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        Environment of its tools
      </Title>
      <Text size="sm">{names.length ? `Set: ${names.join(", ")}` : "Nothing is set. Tools see what is set here as environment variables; no value is shown again."}</Text>
      <Variables
        names={names}
        labels={{ name: "Name", value: "Value" }}
        set={(name, value) => change((kept) => ({ ...kept, [name]: value }))}
        remove={(name) => change(({ [name]: _, ...kept }) => kept)}
        changed={() => queries.invalidateQueries({ queryKey: ["agent", agent.id] })}
      />
    </Stack>
  );
}
