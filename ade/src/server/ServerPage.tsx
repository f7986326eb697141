import { Badge, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, logout, type Json } from "../api";
import { Loading, Trouble } from "../App";

const LIVE = 5_000;

interface Provider {
  name: string;
  base_url?: string | null;
  reachable?: boolean | null;
  models?: number;
  note?: string | null;
  [more: string]: unknown;
}

/** What the server is, whom it can reach, and how far its index is. */
export default function ServerPage() {
  const health = useQuery({ queryKey: ["health"], queryFn: () => api.health(), refetchInterval: LIVE });
  const providers = useQuery({ queryKey: ["providers"], queryFn: () => api.get("/v1/diagnostics/providers") as Promise<Provider[]> });
  const index = useQuery({ queryKey: ["index"], queryFn: () => api.get("/v1/diagnostics/index") as Promise<Json>, refetchInterval: LIVE });
  const models = useQuery({ queryKey: ["models"], queryFn: () => api.models.list() });
  const queue = useQuery({ queryKey: ["queue"], queryFn: async () => (await api.runs.list({ active: true, limit: 100 })).items, refetchInterval: LIVE });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Server
        </Title>
        <Button variant="default" size="xs" onClick={() => logout().finally(() => location.reload())}>
          Log out
        </Button>
      </Group>
      {health.error ? <Trouble error={health.error} /> : <Text>Version {health.data?.version ?? "…"}, healthy.</Text>}
      <Text>
        {queue.data?.filter((run) => run.status === "running").length ?? 0} runs at work, {queue.data?.filter((run) => run.status === "created").length ?? 0} waiting.
      </Text>
      <Title order={2} size="h4">
        Providers
      </Title>
      {providers.isPending && <Loading what="Asking the providers" />}
      {providers.error && <Trouble error={providers.error} />}
      {providers.data && (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Told</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {providers.data.map((provider) => (
                <Table.Tr key={provider.name}>
                  <Table.Td>{provider.name}</Table.Td>
                  <Table.Td>
                    <Badge variant="default">
                      {provider.reachable === false ? "✗ does not answer" : "✓ answers"}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" className="text">
                      {Object.entries(provider)
                        .filter(([key, value]) => !["name", "reachable"].includes(key) && value !== null)
                        .map(([key, value]) => `${key}: ${shown(value)}`)
                        .join("\n")}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Title order={2} size="h4">
        Models
      </Title>
      {models.error && <Trouble error={models.error} />}
      <Text size="sm">{models.data?.length ? models.data.map((model) => model.handle).join(", ") : "None is listed."}</Text>
      <Title order={2} size="h4">
        Search index
      </Title>
      {index.error && <Trouble error={index.error} />}
      <Text className="mono">
        {Object.entries(index.data ?? {})
          .map(([key, value]) => `${key}: ${shown(value)}`)
          .join("\n")}
      </Text>
    </Stack>
  );
}

const shown = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
