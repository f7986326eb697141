import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import UPlot from "uplot";

/** Tokens sent with each step, and the window's limit where it is near. */
export default function Plot({ points, limit }: { points: number[]; limit: number }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const at = box.current;
    if (!at) return;
    const ink = scheme === "dark" ? "#c9c9c9" : "#333";
    const most = Math.max(...points, 1);
    const plot = new UPlot(
      {
        width: at.clientWidth,
        height: 200,
        legend: { show: false },
        scales: { x: { time: false }, y: { range: [0, most * 2 > limit ? limit : most * 1.2] } },
        axes: [
          { stroke: ink, label: "step" },
          { stroke: ink, size: 70 },
        ],
        series: [{}, { label: "tokens", stroke: "#12b886", fill: "#12b88633", width: 2 }],
      },
      [points.map((_, index) => index + 1), points],
      at,
    );
    const fit = new ResizeObserver(() => plot.setSize({ width: at.clientWidth, height: 200 }));
    fit.observe(at);
    return () => {
      fit.disconnect();
      plot.destroy();
    };
  }, [points, limit, scheme]);
  return <div ref={box} role="img" aria-label={`Tokens of the last ${points.length} steps; the newest sent ${points.at(-1)}.`} />;
}
