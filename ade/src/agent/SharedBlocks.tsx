import { Anchor, Select, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { Loading, Trouble } from "../App";

/** Most blocks that are offered, and most agents that the map looks at. */
const MOST = 200;

/** Puts a block that is there already into this agent's memory, and shows which agents share which blocks. */
export default function SharedBlocks({ agentId, mine }: { agentId: string; mine: string[] }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const all = useQuery({ queryKey: ["blocks", "all"], queryFn: async () => (await api.blocks.list({ limit: MOST })).items });
  const attach = useMutation({
    mutationFn: (block: string) => api.agents.blocks.attach(block, { agent_id: agentId }),
    onSuccess: () => Promise.all(["blocks", "sharers", "shared-map"].map((key) => queries.invalidateQueries({ queryKey: [key] }))).then(() => queries.invalidateQueries({ queryKey: ["context", agentId] })),
  });
  const error = all.error ?? attach.error;
  return (
    <Stack gap="xs" role="group" aria-label="Shared blocks">
      <Select
        label="Attach a block that is there already"
        description="Every agent that has it sees and edits the same text."
        searchable
        value={null}
        data={(all.data ?? []).filter((block) => !mine.includes(block.id)).map((block) => ({ value: block.id, label: `${block.label}: ${block.value.slice(0, 40) || "empty"} (${block.id.slice(-4)})` }))}
        onChange={(id) => id && attach.mutate(id)}
        maw={420}
      />
      {error && <Trouble error={error} />}
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>Which agents share a block</summary>
        {open && <SharedMap />}
      </details>
    </Stack>
  );
}

/** Blocks down, agents across, a mark where an agent has the block. */
function SharedMap() {
  const map = useQuery({
    queryKey: ["shared-map"],
    queryFn: async () => {
      const agents = (await api.agents.list({ limit: MOST, include: ["agent.blocks"] })).items;
      const holders = new Map<string, { label: string; agents: Set<string> }>();
      for (const agent of agents)
        for (const block of agent.blocks) {
          const known = holders.get(block.id ?? "") ?? { label: block.label ?? "", agents: new Set<string>() };
          holders.set(block.id ?? "", { ...known, agents: known.agents.add(agent.id) });
        }
      const shared = [...holders].filter(([, block]) => block.agents.size > 1);
      return { shared, agents: agents.filter((agent) => shared.some(([, block]) => block.agents.has(agent.id))) };
    },
  });
  if (map.error) return <Trouble error={map.error} again={() => map.refetch()} />;
  if (!map.data) return <Loading what="Loading the map" />;
  if (map.data.shared.length === 0) return <Text size="sm">No two agents share a block.</Text>;
  return (
    <Table.ScrollContainer minWidth={360}>
      <Table withColumnBorders aria-label="Which agents share a block">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Block</Table.Th>
            {map.data.agents.map((agent) => (
              <Table.Th key={agent.id} scope="col">
                <Anchor component={Link} href={`/agents/${agent.id}/memory`}>
                  {agent.name}
                </Anchor>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {map.data.shared.map(([id, block]) => (
            <Table.Tr key={id}>
              <Table.Th scope="row">{block.label}</Table.Th>
              {map.data.agents.map((agent) => (
                <Table.Td key={agent.id} ta="center">
                  {block.agents.has(agent.id) ? <span role="img" aria-label="has it">●</span> : <span role="img" aria-label="has it not">·</span>}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
