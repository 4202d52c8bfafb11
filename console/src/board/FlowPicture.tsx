import type { ReactNode, SVGProps } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { CallsTable } from './CallsTable.tsx';
import { callsOf, flowsOf, maxFlows, placed, type End, type Flow } from './flows.ts';

type Rows = Schemas['BoardRows'];

const width = 640;
const bar = 10;

/** Which department gets data from which: the width of a band is the number of calls, its red part those that were refused. */
export function FlowPicture(props: {
  readonly answered: Rows | undefined;
  readonly refused: Rows | undefined;
  readonly days: string;
}): ReactNode {
  const { answered, refused, days } = props;
  const { say, number } = useWords();
  const { name } = useDepartments();
  const all = flowsOf(answered?.rows ?? [], refused?.rows ?? []);
  const flows = all.slice(0, maxFlows);
  const drawn = flows.filter((flow) => callsOf(flow) > 0);
  const isCut = flows.length < all.length || answered?.cut === true || refused?.cut === true;
  if (flows.length === 0) return <p className="muted">{say('boardNone')}</p>;
  // datasets of a pair may have numbers next to ones that are withheld
  const shown = (calls: number, hasFew: boolean): string => {
    if (!hasFew) return number(calls);
    return calls === 0 ? say('boardFew') : `${number(calls)} + ${say('boardFew')}`;
  };
  return (
    <div className="flows">
      {drawn.length === 0 ? null : <Picture flows={drawn} />}
      <div className="scroll" tabIndex={0} role="group" aria-label={say('boardFlows')}>
        <CallsTable titles={[say('provider'), say('consumer')]}>
          {flows.map((flow) => (
            <tr key={`${flow.provider} ${flow.consumer}`}>
              <td>{name(flow.provider)}</td>
              <td>
                <Link to={addressOf('board', ['answered'], { days, department: flow.consumer })}>
                  {name(flow.consumer)}
                </Link>
              </td>
              <td className="count">{shown(flow.answered, flow.hasFew.answered)}</td>
              <td className="count">
                {flow.refused === 0 && !flow.hasFew.refused ? (
                  number(0)
                ) : (
                  <Link to={addressOf('board', ['refused'], { days, department: flow.consumer })}>
                    {shown(flow.refused, flow.hasFew.refused)}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </CallsTable>
      </div>
      {isCut ? <p className="muted">{say('boardFlowsCut', { most: maxFlows })}</p> : null}
    </div>
  );
}

function Picture({ flows }: { readonly flows: readonly Flow[] }): ReactNode {
  const { say } = useWords();
  const { bands, left, right, height } = placed(flows);
  const [x0, x1] = [bar, width - bar];
  const middle = width / 2;
  const curve = (from: number, to: number): string =>
    `M ${x0} ${from} C ${middle} ${from}, ${middle} ${to}, ${x1} ${to}`;
  return (
    <svg
      className="flow-picture"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={say('boardFlowsPicture', { count: flows.length })}
    >
      {bands.map(({ flow, from, to, thick, thin }) => (
        <g key={`${flow.provider} ${flow.consumer}`} fill="none">
          <path className="flow-answered" d={curve(from + thick / 2, to + thick / 2)} strokeWidth={thick} />
          {thin === 0 ? null : (
            <path
              className="flow-refused"
              d={curve(from + thick + thin / 2, to + thick + thin / 2)}
              strokeWidth={thin}
            />
          )}
        </g>
      ))}
      <Ends of={left} x={0} text={{ x: bar + 6 }} />
      <Ends of={right} x={x1} text={{ x: x1 - 6, textAnchor: 'end' }} />
    </svg>
  );
}

/** The departments of one side, each a bar with its name. */
function Ends(props: {
  readonly of: readonly End[];
  readonly x: number;
  readonly text: SVGProps<SVGTextElement>;
}): ReactNode {
  const { of, x, text } = props;
  const { name } = useDepartments();
  return of.map(({ code, at, size }) => (
    <g key={code}>
      <rect className="flow-end" x={x} y={at} width={bar} height={size} />
      <text {...text} y={at + size / 2} dominantBaseline="middle">
        {name(code)}
      </text>
    </g>
  ));
}
