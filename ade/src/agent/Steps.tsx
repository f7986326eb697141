import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { number } from "../format";

/** The agent's calls of its model, newest first. */
export default function Steps({ agentId }: { agentId: string }) {
  const steps = useQuery({ queryKey: ["steps", agentId, "list"], queryFn: async () => (await api.steps.list({ agent_id: agentId, limit: 100, order: "desc" })).items });
  if (steps.error) return <Trouble error={steps.error} again={() => steps.refetch()} />;
  if (!steps.data) return <Loading what="Loading steps" />;
  if (steps.data.length === 0) return <Text>No step yet: the first message makes one.</Text>;
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Model</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th ta="right">Prompt</Table.Th>
            <Table.Th ta="right">Answer</Table.Th>
            <Table.Th>Run</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.data.map((step) => (
            <Table.Tr key={step.id}>
              <Table.Td>{step.model}</Table.Td>
              <Table.Td>{step.stop_reason ?? step.status}</Table.Td>
              <Table.Td ta="right">{number(step.prompt_tokens ?? 0)}</Table.Td>
              <Table.Td ta="right">{number(step.completion_tokens ?? 0)}</Table.Td>
              <Table.Td>{step.run_id && <Link href={`/runs/${step.run_id}`}>open</Link>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
