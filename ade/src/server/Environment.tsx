import { Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api";
import { Trouble } from "../App";
import { Variables } from "../Variables";

interface Variable {
  id: string;
  key: string;
}

interface Sandbox {
  id: string;
  type: string;
}

const sandbox = async () => ((await api.get("/v1/sandbox-config/")) as Sandbox[]).find((each) => each.type === "local");

/** Variables that every tool of every agent gets; an agent's own go before them. */
export function Environment() {
  const queries = useQueryClient();
  const variables = useQuery({
    queryKey: ["environment"],
    queryFn: async () => {
      const home = await sandbox();
      return home ? ((await api.get(`/v1/sandbox-config/${home.id}/environment-variable`)) as Variable[]) : [];
    },
  });
  const idOf = (name: string) => variables.data?.find((each) => each.key === name)?.id;
  const set = async (key: string, value: string) => {
    const old = idOf(key);
    if (old) return api.patch(`/v1/sandbox-config/environment-variable/${old}`, { body: { value } });
    const home = (await sandbox()) ?? ((await api.post("/v1/sandbox-config/local/default")) as Sandbox);
    return api.post(`/v1/sandbox-config/${home.id}/environment-variable`, { body: { key, value } });
  };
  return (
    <Stack gap="xs" role="group" aria-label="Environment of every tool">
      <Title order={2} size="h4">
        Environment of every tool
      </Title>
      {variables.error && <Trouble error={variables.error} again={() => variables.refetch()} />}
      {variables.data?.length === 0 && <Text size="sm">Nothing is set. What is set here every tool sees as an environment variable; what an agent sets for itself goes before it.</Text>}
      <Variables
        names={variables.data?.map((each) => each.key) ?? []}
        labels={{ name: "Variable", value: "Its value" }}
        set={set}
        remove={(name) => api.delete(`/v1/sandbox-config/environment-variable/${idOf(name)}`)}
        changed={() => queries.invalidateQueries({ queryKey: ["environment"] })}
      />
    </Stack>
  );
}
