import { expect, it } from "vitest";
import { pieces } from "./diff";

const short = (before: string, after: string) => pieces(before, after).map((piece) => ({ same: "=", plus: "+", minus: "-" })[piece.kind] + piece.text);

it("marks what was put in, taken out and changed", () => {
  expect(short("Name: Ada", "Name: Ada likes tea")).toEqual(["=Name: Ada", "+ likes tea"]);
  expect(short("one two three", "one three")).toEqual(["=one ", "-two ", "=three"]);
  expect(short("likes tea", "likes coffee")).toEqual(["=likes ", "-tea", "+coffee"]);
  expect(short("same", "same")).toEqual(["=same"]);
  expect(short("", "new")).toEqual(["+new"]);
});

it("gives back both texts whatever they are", () => {
  const long = Array.from({ length: 4_000 }, (_, i) => `w${i}`).join(" ");
  for (const [a, b] of [["a b c d", "d c b a"], [long, `x ${long.replaceAll("w3", "y")}`], ["", ""]] as const) {
    const all = pieces(a, b);
    expect(all.filter((p) => p.kind !== "plus").map((p) => p.text).join("")).toBe(a);
    expect(all.filter((p) => p.kind !== "minus").map((p) => p.text).join("")).toBe(b);
  }
});
