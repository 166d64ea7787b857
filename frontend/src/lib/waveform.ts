/** A waveform with what is cut of it, drawn. */
import type { Span } from "@/lib/cuts";
import type { Stretch } from "@/types/batch";

export interface Drawn {
  peaks: readonly number[];
  duration: number;
  /** What is shown of it. */
  view: Span;
  cuts: readonly Stretch[];
  spared: readonly Stretch[];
  selection: Span | null;
  at: number;
}

const BAR = 3;
const GAP = 1;

/** Draw it as large as the canvas is shown, in the colours of the page. */
export function draw(canvas: HTMLCanvasElement, of: Drawn): void {
  const context = canvas.getContext("2d");
  const { width, height } = canvas.getBoundingClientRect();
  if (!context || !width) return;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const { view } = of;
  const x = (seconds: number) => ((seconds - view.start_s) / (view.end_s - view.start_s)) * width;
  const seen = (span: Span) => span.end_s > view.start_s && span.start_s < view.end_s;

  for (const cut of of.cuts.filter(seen)) {
    const [left, right] = [x(cut.start_s), Math.max(x(cut.end_s), x(cut.start_s) + 1)];
    context.fillStyle = colour("bad-soft");
    context.fillRect(left, 0, right - left, height);
    // Not by colour alone: what goes is hatched.
    context.save();
    context.beginPath();
    context.rect(left, 0, right - left, height);
    context.clip();
    context.strokeStyle = colour("bad-bar");
    context.globalAlpha = cut.why === "by_hand" ? 0.8 : 0.35;
    for (let line = Math.floor(left / 7) * 7 - height; line < right; line += 7) {
      context.beginPath();
      context.moveTo(line, height);
      context.lineTo(line + height, 0);
      context.stroke();
    }
    context.restore();
  }

  const gone = (seconds: number) => of.cuts.some((cut) => seconds >= cut.start_s && seconds < cut.end_s);
  const perPeak = of.duration / Math.max(of.peaks.length, 1);
  for (let left = 0; left < width; left += BAR + GAP) {
    const from = view.start_s + (left / width) * (view.end_s - view.start_s);
    const to = view.start_s + ((left + BAR + GAP) / width) * (view.end_s - view.start_s);
    const first = Math.floor(from / perPeak);
    const peaks = of.peaks.slice(first, Math.max(first + 1, Math.floor(to / perPeak)));
    // Drawn by its root: what is quiet is what people look for here.
    const tall = Math.max(1, Math.sqrt(Math.max(0, ...peaks) / 255) * (height - 18));
    context.fillStyle = gone((from + to) / 2) ? colour("bad-bar") : colour("primary");
    context.globalAlpha = gone((from + to) / 2) ? 0.55 : 1;
    context.fillRect(left, (height - 6 - tall) / 2, BAR, tall);
  }
  context.globalAlpha = 1;

  context.fillStyle = colour("good-bar");
  for (const span of of.spared.filter(seen)) {
    context.fillRect(x(span.start_s), height - 5, Math.max(2, x(span.end_s) - x(span.start_s)), 4);
  }
  if (of.selection) {
    const [left, right] = [x(of.selection.start_s), x(of.selection.end_s)];
    context.fillStyle = colour("info");
    context.globalAlpha = 0.25;
    context.fillRect(left, 0, right - left, height);
    context.globalAlpha = 1;
    context.strokeStyle = colour("info");
    context.lineWidth = 2;
    context.strokeRect(left, 1, right - left, height - 2);
  }
  context.fillStyle = colour("foreground");
  context.fillRect(x(of.at) - 1, 0, 2, height);
}
