import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";
import { moment, type Span } from "@/lib/cuts";
import { type Drawn, draw } from "@/lib/waveform";

interface Props extends Drawn {
  onSeek: (seconds: number) => void;
  onSelect: (span: Span | null) => void;
  /** A key that is about cuts rather than about the place. */
  onKey: (key: string, event: KeyboardEvent) => boolean;
}

const CLICK_PX = 4;

/** The sound of the original with what is cut of it; a click seeks, drawing over it selects. */
export function Waveform({ onSeek, onSelect, onKey, ...drawn }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const known = useRef(drawn);
  known.current = drawn;
  const { view, duration, at, selection } = drawn;
  useEffect(() => {
    if (canvas.current) draw(canvas.current, known.current);
  });
  useEffect(() => {
    const again = () => canvas.current && draw(canvas.current, known.current);
    const size = new ResizeObserver(again);
    const theme = new MutationObserver(again);
    if (canvas.current) size.observe(canvas.current);
    theme.observe(document.documentElement, { attributeFilter: ["class"] });
    return () => {
      size.disconnect();
      theme.disconnect();
    };
  }, []);

  const drag = useRef<{ x: number; at: number } | null>(null);
  const secondsAt = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / (width || 1)));
    return view.start_s + share * (view.end_s - view.start_s);
  };
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    drag.current = { x: event.clientX, at: secondsAt(event) };
  };
  const move = (event: PointerEvent) => {
    if (!drag.current || Math.abs(event.clientX - drag.current.x) < CLICK_PX) return;
    const [start_s = 0, end_s = 0] = [drag.current.at, secondsAt(event)].sort((a, b) => a - b);
    onSelect({ start_s, end_s });
  };
  const release = (event: PointerEvent) => {
    if (drag.current && Math.abs(event.clientX - drag.current.x) < CLICK_PX) {
      onSelect(null);
      onSeek(drag.current.at);
    }
    drag.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 1;
    const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: duration }[event.key];
    if (to !== undefined) onSeek(Math.min(duration, Math.max(0, to)));
    else if (!onKey(event.key, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Place in the original"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={`${moment(at)} of ${moment(duration)}${
        selection ? `, selected ${moment(selection.start_s)} to ${moment(selection.end_s)}` : ""
      }`}
      aria-describedby="waveform-keys"
      className="h-28 cursor-crosshair touch-pan-y overflow-hidden rounded-md bg-sunken"
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={key}
    >
      <canvas ref={canvas} className="block size-full" aria-hidden />
    </div>
  );
}
