import { useState } from "react";

/** How long it says that it was done, ms. */
const SAID = 1_500;

async function copy(text: string): Promise<void> {
  // Only pages that came by TLS or from this machine have a clipboard; elsewhere a selection is copied, as in former times.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

/** Puts a text on the clipboard. Seen when its bubble is pointed at or it has the focus. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState("");
  const say = (word: string) => {
    setSaid(word);
    window.setTimeout(() => setSaid(""), SAID);
  };
  return (
    <button type="button" className="copy" aria-label={said || `Copy ${what}`} onClick={() => copy(text).then(() => say("Copied"), () => say("Not copied"))}>
      {said || "Copy"}
    </button>
  );
}
