export interface Piece {
  kind: "same" | "plus" | "minus";
  text: string;
}

/** Words above which only the changed middle is marked as a whole: the table of the exact way would be too large. */
const MOST = 1_500;

/** What became of a text, word by word. */
export function pieces(before: string, after: string): Piece[] {
  const a = before.split(/(\s+)/);
  const b = after.split(/(\s+)/);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return joined([{ kind: "same", text: a.slice(0, start).join("") }, ...middle, { kind: "same", text: a.slice(a.length - end).join("") }]);
}

/** The longest common words stay, the rest is taken out or put in. */
function between(a: string[], b: string[]): Piece[] {
  if (a.length > MOST || b.length > MOST) {
    return [
      { kind: "minus", text: a.join("") },
      { kind: "plus", text: b.join("") },
    ];
  }
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const out: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: "same", text: a[i++]! });
      j++;
    } else if (i < a.length && (j >= b.length || common[i + 1]![j]! >= common[i]![j + 1]!)) out.push({ kind: "minus", text: a[i++]! });
    else out.push({ kind: "plus", text: b[j++]! });
  }
  return out;
}

function joined(all: Piece[]): Piece[] {
  return all.reduce<Piece[]>((out, piece) => {
    const last = out.at(-1);
    if (!piece.text) return out;
    if (last?.kind === piece.kind) last.text += piece.text;
    else out.push({ ...piece });
    return out;
  }, []);
}
