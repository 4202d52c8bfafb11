import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { flowsOf, placed, type Flow } from './flows.ts';

type Row = Schemas['BoardRows']['rows'][number];

const width = 640;
const bar = 10;

/** Which department gets data from which: the width of a band is the number of calls, its red part those that were refused. */
export function FlowPicture(props: {
  readonly answered: readonly Row[];
  readonly refused: readonly Row[];
  readonly days: string;
}): ReactNode {
  const { answered, refused, days } = props;
  const { say, number } = useWords();
  const { name } = useDepartments();
  const flows = flowsOf(answered, refused);
  if (flows.length === 0) return <p className="muted">{say('boardNone')}</p>;
  return (
    <div className="flows">
      <Picture flows={flows} />
      <div className="scroll" tabIndex={0} role="group" aria-label={say('boardFlows')}>
        <table className="barred">
          <thead>
            <tr>
              <th scope="col">{say('provider')}</th>
              <th scope="col">{say('consumer')}</th>
              <th scope="col" className="count">
                {say('b_answered')}
              </th>
              <th scope="col" className="count">
                {say('b_refused')}
              </th>
            </tr>
          </thead>
          <tbody>
            {flows.map((flow) => (
              <tr key={`${flow.provider} ${flow.consumer}`}>
                <td>{name(flow.provider)}</td>
                <td>
                  <Link to={addressOf('board', ['answered'], { days, department: flow.consumer })}>
                    {name(flow.consumer)}
                  </Link>
                </td>
                <td className="count">{number(flow.answered)}</td>
                <td className="count">
                  {flow.refused === 0 ? (
                    number(0)
                  ) : (
                    <Link to={addressOf('board', ['refused'], { days, department: flow.consumer })}>
                      {number(flow.refused)}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Picture({ flows }: { readonly flows: readonly Flow[] }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
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
      {left.map(({ code, at, size }) => (
        <g key={code}>
          <rect className="flow-end" x={0} y={at} width={bar} height={size} />
          <text x={bar + 6} y={at + size / 2} dominantBaseline="middle">
            {name(code)}
          </text>
        </g>
      ))}
      {right.map(({ code, at, size }) => (
        <g key={code}>
          <rect className="flow-end" x={x1} y={at} width={bar} height={size} />
          <text x={x1 - 6} y={at + size / 2} textAnchor="end" dominantBaseline="middle">
            {name(code)}
          </text>
        </g>
      ))}
    </svg>
  );
}
