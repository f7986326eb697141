import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Trouble } from "../App";

interface Variable {
  id: string;
  key: string;
}

interface Sandbox {
  id: string;
  type: string;
}

const sandbox = async () => ((await api.get("/v1/sandbox-config/")) as Sandbox[]).find((each) => each.type === "local");

/** Variables that every tool of every agent gets; an agent's own go before them. Values are written but never shown again. */
export function Environment() {
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const variables = useQuery({
    queryKey: ["environment"],
    queryFn: async () => {
      const home = await sandbox();
      return home ? ((await api.get(`/v1/sandbox-config/${home.id}/environment-variable`)) as Variable[]) : [];
    },
  });
  const again = () => queries.invalidateQueries({ queryKey: ["environment"] });
  const set = useMutation({
    mutationFn: async () => {
      const old = variables.data?.find((each) => each.key === key);
      if (old) return api.patch(`/v1/sandbox-config/environment-variable/${old.id}`, { body: { value } });
      const home = (await sandbox()) ?? ((await api.post("/v1/sandbox-config/local/default")) as Sandbox);
      return api.post(`/v1/sandbox-config/${home.id}/environment-variable`, { body: { key, value } });
    },
    onSuccess: () => {
      setKey("");
      setValue("");
      return again();
    },
  });
  const drop = useMutation({ mutationFn: (id: string) => api.delete(`/v1/sandbox-config/environment-variable/${id}`), onSuccess: again });
  return (
    <Stack gap="xs" role="group" aria-label="Environment of every tool">
      <Title order={2} size="h4">
        Environment of every tool
      </Title>
      {variables.error && <Trouble error={variables.error} again={() => variables.refetch()} />}
      {variables.data?.length === 0 && <Text size="sm">Nothing is set. What is set here every tool sees as an environment variable; what an agent sets for itself goes before it.</Text>}
      {variables.data?.map((each) => (
        <Group key={each.id} gap="xs">
          <Text className="mono">{each.key}</Text>
          <Button size="compact-xs" variant="subtle" color="red" onClick={() => drop.mutate(each.id)} aria-label={`Remove ${each.key}`}>
            Remove
          </Button>
        </Group>
      ))}
      <Group align="flex-end">
        <TextInput label="Variable" value={key} onChange={(e) => setKey(e.currentTarget.value)} />
        <PasswordInput label="Its value" value={value} onChange={(e) => setValue(e.currentTarget.value)} miw={180} autoComplete="off" />
        <Button variant="default" disabled={!key || !value} loading={set.isPending} onClick={() => set.mutate()}>
          Set
        </Button>
      </Group>
      {(set.error || drop.error) && <Trouble error={set.error ?? drop.error} />}
    </Stack>
  );
}
