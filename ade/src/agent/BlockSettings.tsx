import { Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../api";
import { Trouble } from "../App";
import type { Block } from "./Memory";

/** How much a block may hold, what it is for, whether the agent may edit it; and taking it out of the agent's memory. */
export default function BlockSettings({ agentId, block }: { agentId: string; block: Block }) {
  const queries = useQueryClient();
  const [limit, setLimit] = useState<number | string>(block.limit ?? "");
  const [description, setDescription] = useState(block.description ?? "");
  const [readOnly, setReadOnly] = useState(block.read_only ?? false);
  const changed = () => Promise.all(["blocks", "sharers", "shared-map"].map((key) => queries.invalidateQueries({ queryKey: [key] }))).then(() => queries.invalidateQueries({ queryKey: ["context", agentId] }));
  const save = useMutation({
    mutationFn: () => api.agents.blocks.update(block.label ?? "", { agent_id: agentId, limit: Number(limit), description, read_only: readOnly }),
    onSuccess: changed,
  });
  const detach = useMutation({ mutationFn: () => api.agents.blocks.detach(block.id, { agent_id: agentId }), onSuccess: changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const short = typeof limit === "number" && limit < block.value.length;
  return (
    <details>
      <summary>Limit and more</summary>
      <form onSubmit={submit} aria-label={`Settings of ${block.label}`}>
        <Stack gap="xs" mt="xs">
          <NumberInput label="Limit, characters" value={limit} onChange={setLimit} min={1} allowDecimal={false} thousandSeparator="," error={short ? "Its text is longer." : undefined} maw={200} />
          <TextInput label="What it is for" value={description} onChange={(e) => setDescription(e.currentTarget.value)} />
          <Checkbox label="only people edit it" checked={readOnly} onChange={(e) => setReadOnly(e.currentTarget.checked)} />
          {(save.error || detach.error) && <Trouble error={save.error ?? detach.error} />}
          <Group gap="xs">
            <Button size="xs" type="submit" loading={save.isPending} disabled={typeof limit !== "number" || limit < 1 || short}>
              Keep
            </Button>
            <Button size="xs" variant="subtle" color="red" loading={detach.isPending} onClick={() => detach.mutate()}>
              Detach it from this agent
            </Button>
            {save.isSuccess && (
              <Text size="sm" role="status">
                Kept.
              </Text>
            )}
          </Group>
        </Stack>
      </form>
    </details>
  );
}
