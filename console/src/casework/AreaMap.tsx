import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import './casework.css';

type Feature = Schemas['AreaCollection']['features'][number];
type Position = readonly number[];

interface Dot {
  readonly at: readonly [number, number];
  readonly label: string;
  /** where it leads; absent: nowhere */
  readonly to?: string;
}

const width = 640;
const margin = 12;
const maxHeight = 480;
const minHeight = 160;

/** Outlines of areas with dots, drawn without a tile server: no place leaves the hub. */
export function AreaMap(props: {
  readonly label: string;
  readonly areas: readonly Feature[];
  readonly dots?: readonly Dot[];
  /** code that is highlighted */
  readonly selected?: string;
}): ReactNode {
  const { label, areas, dots = [], selected } = props;
  const { pick } = useWords();
  const outlines = areas.map((one) => ({ one, rings: ringsOf(one) }));
  const positions = [...outlines.flatMap(({ rings }) => rings.flat()), ...dots.map(({ at }) => at)];
  if (positions.length === 0) return null;
  const { project, height } = projection(positions);
  const pathOf = (rings: readonly (readonly Position[])[]): string =>
    rings.map((ring) => `M${ring.map((one) => project(one).join(' ')).join('L')}Z`).join('');
  return (
    // a picture has no parts for a screen reader, and dots that lead somewhere are links
    <svg
      className="area-map"
      role={dots.some(({ to }) => to !== undefined) ? 'group' : 'img'}
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
    >
      {outlines.map(({ one, rings }) => {
        const { list, code, zh, en = zh } = one.properties;
        const name = pick({ zh, en });
        const [x, y] = project(middleOf(rings[0] ?? []));
        return (
          <g key={`${list} ${code}`} className={code === selected ? 'area selected' : 'area'}>
            <path d={pathOf(rings)} fillRule="evenodd">
              <title>{name}</title>
            </path>
            <text x={x} y={y}>
              {name}
            </text>
          </g>
        );
      })}
      {dots.map(({ at, label: name, to }, nth) => {
        const [x, y] = project(at);
        const dot = (
          <circle cx={x} cy={y} r={6}>
            <title>{name}</title>
          </circle>
        );
        return to === undefined ? (
          <g key={nth}>{dot}</g>
        ) : (
          <a key={nth} href={to} aria-label={name}>
            {dot}
          </a>
        );
      })}
    </svg>
  );
}

function ringsOf({ geometry }: Feature): readonly (readonly Position[])[] {
  const { type, coordinates } = geometry;
  return type === 'Polygon' ? coordinates : (coordinates as Position[][][]).flat();
}

function middleOf(ring: readonly Position[]): Position {
  const sum = (axis: 0 | 1): number => ring.reduce((all, one) => all + (one[axis] ?? 0), 0);
  return ring.length === 0 ? [0, 0] : [sum(0) / ring.length, sum(1) / ring.length];
}

/** Equal distances in both directions at the middle latitude: enough for one city. */
function projection(positions: readonly Position[]): {
  readonly project: (position: Position) => readonly [number, number];
  readonly height: number;
} {
  const [west, east] = extent(positions.map(([x = 0]) => x));
  const [south, north] = extent(positions.map(([, y = 0]) => y));
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  // a single point has no extent
  const [wide, high] = [Math.max((east - west) * narrow, 1e-4), Math.max(north - south, 1e-4)];
  const height = Math.min(maxHeight, Math.max(minHeight, ((width - 2 * margin) * high) / wide + 2 * margin));
  const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / high);
  const [left, top] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  return {
    height: rounded(height),
    project: ([x = 0, y = 0]) => [
      rounded(left + (x - west) * narrow * scale),
      rounded(top + (north - y) * scale),
    ],
  };
}

/** The smallest and the largest value. An outline may have more positions than a call of Math.min can have arguments. */
const extent = (values: readonly number[]): readonly [number, number] => [
  values.reduce((one, other) => Math.min(one, other), Infinity),
  values.reduce((one, other) => Math.max(one, other), -Infinity),
];
