import { useId } from "react";
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from "recharts";

/** One step of a period: a place on the axis. */
export interface Row {
  since: string;
  label: string;
  values: Record<string, number | null>;
}

export interface Series {
  key: string;
  name: string;
  /** Told apart by pattern and lightness as well as by colour. */
  look: "solid" | "hatched" | "dotted";
}

export interface ChartProps {
  title: string;
  /** What the chart says, in a sentence. */
  summary: string;
  rows: readonly Row[];
  series: readonly Series[];
  kind: "bars" | "line";
  format: (value: number) => string;
  /** What is written beside the axis, in few letters; as the numbers themselves when left out. */
  axis?: (value: number) => string;
}

const COLORS = { solid: "var(--info)", hatched: "var(--primary)", dotted: "var(--line-strong)" };
const TICK = { fill: "var(--muted)", fontSize: 12 };

/** Numbers over time. The arrow keys walk along its steps; each is read out. */
export default function StepChart({ title, summary, rows, series, kind, format, axis = format }: ChartProps) {
  const id = useId();
  return (
    <div className="grid min-w-0 grid-rows-[minmax(0,1fr)_auto] gap-2 pr-5 pl-2">
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 220 }}>
        <ComposedChart
          data={[...rows]}
          accessibilityLayer
          aria-label={`${title}. ${summary} Walk along it with the arrow keys.`}
          margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
        >
          <defs>
            <pattern
              id={`${id}-hatched`}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="6" height="6" fill="var(--primary-soft)" />
              <rect width="3.5" height="6" fill={COLORS.hatched} />
            </pattern>
            <pattern id={`${id}-dotted`} width="5" height="5" patternUnits="userSpaceOnUse">
              <rect width="5" height="5" fill="var(--sunken)" />
              <circle cx="2.5" cy="2.5" r="1.5" fill={COLORS.dotted} />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="label"
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
            minTickGap={28}
          />
          <YAxis
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width={56}
            allowDecimals={kind === "line"}
            tickFormatter={axis}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={kind === "bars" ? { fill: "var(--sunken)" } : { stroke: "var(--line-strong)" }}
            content={(props) => <Told {...props} series={series} format={format} />}
          />
          {series.map(({ key, name, look }) =>
            kind === "bars" ? (
              <Bar
                key={key}
                dataKey={(row: Row) => row.values[key]}
                name={name}
                stackId="all"
                fill={look === "solid" ? COLORS.solid : `url(#${id}-${look})`}
                stroke={COLORS[look]}
                strokeWidth={1}
                maxBarSize={32}
                isAnimationActive={false}
              />
            ) : (
              <Line
                key={key}
                dataKey={(row: Row) => row.values[key]}
                name={name}
                stroke={COLORS[look]}
                strokeWidth={2}
                connectNulls
                dot={{ r: 3, fill: COLORS[look] }}
                activeDot={{ r: 5 }}
                isAnimationActive={false}
              />
            ),
          )}
        </ComposedChart>
      </ResponsiveContainer>
      {series.length > 1 && <Legend id={id} series={series} />}
    </div>
  );
}

function Legend({ id, series }: { id: string; series: readonly Series[] }) {
  return (
    <ul className="flex flex-wrap justify-center gap-x-5 gap-y-1 text-muted text-xs">
      {series.map(({ key, name, look }) => (
        <li key={key} className="flex items-center gap-1.5">
          <svg className="size-3" aria-hidden="true">
            <rect
              width="12"
              height="12"
              rx="2"
              fill={look === "solid" ? COLORS.solid : `url(#${id}-${look})`}
              stroke={COLORS[look]}
            />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

type ToldProps = Pick<TooltipContentProps, "active" | "payload"> & Pick<ChartProps, "series" | "format">;

/** What one step says; read out when the keyboard gets to it. */
function Told({ active, payload, series, format }: ToldProps) {
  const row = payload?.[0]?.payload as Row | undefined;
  return (
    <div role="status">
      {active && row && (
        <div className="numbers rounded-lg border border-line bg-surface px-3 py-2 text-sm shadow-float">
          <p className="font-medium">{row.label}</p>
          {series.map(({ key, name }) => {
            const value = row.values[key];
            return (
              <p key={key} className="flex justify-between gap-4 text-muted">
                {name}{" "}
                <span className="text-foreground">{value === null || value === undefined ? "–" : format(value)}</span>
              </p>
            );
          })}
        </div>
      )}
    </div>
  );
}
