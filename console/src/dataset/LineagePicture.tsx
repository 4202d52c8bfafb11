import type { ReactNode } from 'react';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords } from '../words/words.ts';
import { boxHeight, keyOf, placed, shortened, type Placed, type Relation } from './lineage.ts';

const boxWidth = 168;
/** Left edges of the columns: sources, what connects them, the dataset, what connects it, uses. */
const [sourceX, inX, datasetX, outX, useX] = [0, 198, 396, 594, 792] as const;
/** Width of a box's text; a Chinese character counts two. */
const maxText = 22;

/** From the sources of a dataset through it to those that use it. The table below it has the same relations. */
export function LineagePicture(props: {
  readonly title: string;
  readonly relations: readonly Relation[];
}): ReactNode {
  const { title, relations } = props;
  const { say } = useWords();
  const { source, use, height } = placed(relations);
  const middle = height / 2;
  return (
    <svg
      className="lineage"
      viewBox={`0 0 ${useX + boxWidth} ${height}`}
      role="img"
      aria-label={say('lgPicture', { sources: source.vias.length, uses: use.vias.length })}
    >
      <Edges of={source} endX={sourceX + boxWidth} viaX={inX} />
      <Edges of={use} endX={useX} viaX={outX + boxWidth} />
      {source.vias.map(({ relation, y }, nth) => (
        <Edge key={nth} of={relation} from={[inX + boxWidth, y]} to={[datasetX, middle]} />
      ))}
      {use.vias.map(({ relation, y }, nth) => (
        <Edge key={nth} of={relation} from={[datasetX + boxWidth, middle]} to={[outX, y]} />
      ))}
      <Boxes of={source} endX={sourceX} viaX={inX} />
      <Boxes of={use} endX={useX} viaX={outX} />
      <Box className="lineage-here" x={datasetX} y={middle} small={say('dataset')} text={title} />
    </svg>
  );
}

type Point = readonly [x: number, y: number];

function Edge(props: { readonly of: Relation; readonly from: Point; readonly to: Point }): ReactNode {
  const { state = 'active' } = props.of;
  const [[x0, y0], [x1, y1]] = [props.from, props.to];
  const middle = (x0 + x1) / 2;
  return (
    <path
      className={state === 'active' ? undefined : 'lineage-waits'}
      d={`M ${x0} ${y0} C ${middle} ${y0}, ${middle} ${y1}, ${x1} ${y1}`}
    />
  );
}

/** Between the ends of a side and what connects them. */
function Edges(props: { readonly of: Placed; readonly endX: number; readonly viaX: number }): ReactNode {
  const { of, endX, viaX } = props;
  const yOf = new Map(of.ends.map(({ end, y }) => [keyOf({ end }), y]));
  return of.vias.map(({ relation, y }, nth) => (
    <Edge key={nth} of={relation} from={[endX, yOf.get(keyOf(relation)) ?? y]} to={[viaX, y]} />
  ));
}

function Boxes(props: { readonly of: Placed; readonly endX: number; readonly viaX: number }): ReactNode {
  const { of, endX, viaX } = props;
  const { say } = useWords();
  const nameOf = useEndName();
  return (
    <>
      {of.ends.map(({ end, y }) => (
        <Box key={keyOf({ end })} x={endX} y={y} small={say(`lgEnd_${end.kind}`)} text={nameOf(end)} />
      ))}
      {of.vias.map(({ relation, y }, nth) => (
        <Box key={nth} x={viaX} y={y} small={say(`lg_${relation.kind}`)} text={relation.via} />
      ))}
    </>
  );
}

/** What is at the end of a relation: a department by name, a dataset by title. */
export function useEndName(): (end: Relation['end']) => string {
  const { pick } = useWords();
  const { name } = useDepartments();
  return ({ kind, id, title }) => (kind === 'department' ? name(id) : pick(title) || id);
}

/** @param props `y` is its middle */
function Box(props: {
  readonly x: number;
  readonly y: number;
  readonly small: string;
  readonly text: string;
  readonly className?: string;
}): ReactNode {
  const { x, y, small, text, className } = props;
  return (
    <g className={className}>
      <title>{`${small} ${text}`.trim()}</title>
      <rect x={x + 0.5} y={y - boxHeight / 2 + 0.5} width={boxWidth - 1} height={boxHeight - 1} rx="6" />
      {text === '' ? null : (
        <text className="lineage-name" x={x + 10} y={y + 12}>
          {shortened(text, maxText)}
        </text>
      )}
      <text x={x + 10} y={text === '' ? y + 4 : y - 5}>
        {small}
      </text>
    </g>
  );
}
