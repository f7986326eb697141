import { Button, Group, Notification, Portal } from "@mantine/core";
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";

/** How long a deletion waits for a change of mind, ms. */
const WAIT = 6_000;

interface Due {
  id: string;
  label: string;
  run: () => Promise<unknown>;
}

const Context = createContext<{ later: (due: Due) => void; hidden: ReadonlySet<string> }>({ later: () => {}, hidden: new Set() });

/** later: does something after a while, unless it is undone; hidden: ids of what is about to go. */
export const useUndo = () => useContext(Context);

export function Undoing({ children }: { children: ReactNode }) {
  const [due, setDue] = useState<Due[]>([]);
  const timers = useRef(new Map<string, number>());
  const drop = useCallback((id: string) => setDue((all) => all.filter((each) => each.id !== id)), []);
  const later = useCallback(
    (one: Due) => {
      setDue((all) => [...all, one]);
      timers.current.set(
        one.id,
        window.setTimeout(() => {
          timers.current.delete(one.id);
          one.run().finally(() => drop(one.id));
        }, WAIT),
      );
    },
    [drop],
  );
  useEffect(() => {
    const mine = timers.current;
    // A page that is left keeps what was not deleted yet.
    return () => mine.forEach((timer) => clearTimeout(timer));
  }, []);
  const undo = (id: string) => {
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    drop(id);
  };
  return (
    <Context.Provider value={{ later, hidden: new Set(due.map((each) => each.id)) }}>
      {children}
      <Portal>
        <div style={{ position: "fixed", bottom: 16, right: 16, zIndex: 500 }} aria-live="polite">
          {due.map((each) => (
            <Notification key={each.id} withCloseButton={false} mt="xs">
              <Group justify="space-between">
                {each.label}
                <Button size="xs" variant="default" onClick={() => undo(each.id)}>
                  Undo
                </Button>
              </Group>
            </Notification>
          ))}
        </div>
      </Portal>
    </Context.Provider>
  );
}
