import { Button, Group, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Trouble } from "./App";

/** Environment variables by name, each with a way to remove it, and a form that sets one. Values are written but never shown again. */
export function Variables({
  names,
  labels,
  set,
  remove,
  changed,
}: {
  names: string[];
  labels: { name: string; value: string };
  set: (name: string, value: string) => Promise<unknown>;
  remove: (name: string) => Promise<unknown>;
  changed: () => Promise<unknown>;
}) {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: () => set(name, value),
    onSuccess: () => {
      setName("");
      setValue("");
      return changed();
    },
  });
  const drop = useMutation({ mutationFn: remove, onSuccess: changed });
  return (
    <>
      {names.map((each) => (
        <Group key={each} gap="xs">
          <Text className="mono">{each}</Text>
          <Button size="compact-xs" variant="subtle" color="red" disabled={drop.isPending} onClick={() => drop.mutate(each)} aria-label={`Remove ${each}`}>
            Remove
          </Button>
        </Group>
      ))}
      <Group align="flex-end">
        <TextInput label={labels.name} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <PasswordInput label={labels.value} value={value} onChange={(e) => setValue(e.currentTarget.value)} miw={180} autoComplete="off" />
        <Button variant="default" disabled={!name || !value} loading={save.isPending} onClick={() => save.mutate()}>
          Set
        </Button>
      </Group>
      {(save.error || drop.error) && <Trouble error={save.error ?? drop.error} />}
    </>
  );
}
