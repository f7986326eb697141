import { Group, Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { contextOf } from "../api";
import { number } from "../format";
import { partsOf } from "./parts";

/** The context, asked again when a turn ends. */
export function useContextParts(agentId: string, turn: boolean) {
  const context = useQuery({ queryKey: ["context", agentId], queryFn: () => contextOf(agentId) });
  const { refetch } = context;
  useEffect(() => {
    if (!turn) void refetch();
  }, [turn, refetch]);
  return context;
}

/** The context window as one line: how full, and of what. */
export function ContextBar({ agentId, turn }: { agentId: string; turn: boolean }) {
  const { data } = useContextParts(agentId, turn);
  const [, go] = useLocation();
  if (!data) return <Progress value={0} aria-label="Context window" />;
  const share = (data.context_window_size_current / data.context_window_size_max) * 100;
  return (
    <Group gap="xs" wrap="nowrap">
      <div className="context" style={{ flex: 1, height: 16 }} role="group" aria-label="Context window">
        {partsOf(data).map((part) => (
          <button
            key={part.name}
            type="button"
            title={`${part.name}: ${number(part.tokens)} tokens`}
            aria-label={`${part.name}: ${part.tokens} tokens`}
            style={{ flexBasis: `${(part.tokens / data.context_window_size_max) * 100}%`, background: part.colour }}
            onClick={() => go(`/agents/${agentId}/context`)}
          />
        ))}
      </div>
      <Text size="xs" style={{ whiteSpace: "nowrap" }}>
        {number(data.context_window_size_current)} of {number(data.context_window_size_max)} tokens ({share.toFixed(1)} %)
      </Text>
    </Group>
  );
}
