import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { labelled } from '../parts/labelled.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords, type Spoken } from '../words/words.ts';
import { useHubSeconds } from './HubClock.tsx';

export type OpenEvent = Schemas['OpenEvent'];
type Owed = OpenEvent['steps'][number];

const isMet = ({ answeredAt }: Owed): boolean => answeredAt !== undefined;
const secondsOf = (moment: string): number => Math.floor(Date.parse(moment) / 1000);

/** How many acknowledgements are owed, given, and late at a moment. @param now hub's time in seconds */
export function figuresOf(
  { steps, state }: OpenEvent,
  now: number,
): { readonly owed: number; readonly met: number; readonly late: number } {
  const late = (one: Owed): boolean =>
    !isMet(one) && (state === 'open' ? secondsOf(one.dueAt) < now : one.late);
  return { owed: steps.length, met: steps.filter(isMet).length, late: steps.filter(late).length };
}

/** A span with its two largest units. @param seconds not negative */
export function spanText(seconds: number, say: Spoken['say']): string {
  const [s, m] = [seconds % 60, Math.floor(seconds / 60) % 60];
  const [h, d] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 86_400)];
  if (d > 0) return say('oeDays', { d, h });
  if (h > 0) return say('oeHours', { h, m });
  return m > 0 ? say('oeMinutes', { m, s }) : say('oeSeconds', { s });
}

/** State of an owed acknowledgement, with the time until its deadline or after it. */
function StepState({ of, open }: { readonly of: Owed; readonly open: boolean }): ReactNode {
  const { say } = useWords();
  const now = useHubSeconds();
  const { answeredAt, late, dueAt } = of;
  if (answeredAt !== undefined)
    return <span className={late ? 'late' : undefined}>{say(late ? 'oeMetLate' : 'oeMet')}</span>;
  if (!open) return <span className={late ? 'late' : undefined}>{say(late ? 'oeOverLate' : 'oeOver')}</span>;
  const left = secondsOf(dueAt) - now;
  if (left >= 0) return say('oeWaiting', { span: spanText(left, say) });
  return <span className="late">▲ {say('oeLate', { span: spanText(-left, say) })}</span>;
}

/** Who must acknowledge an event, until when, and whether they did. */
export function OwedSteps({
  event,
  brief = false,
}: {
  readonly event: OpenEvent;
  readonly brief?: boolean;
}): ReactNode {
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  const open = event.state === 'open';
  return (
    <Table<Owed>
      aria-label={`${say('oeSteps')}${say('pointColon')}${pick(event.title)}`}
      size="small"
      pagination={false}
      rowKey={({ step, department }) => `${step} ${department}`}
      dataSource={event.steps}
      columns={labelled<Owed>([
        { title: say('department'), render: (_, one) => name(one.department) },
        { title: say('oeStep'), render: (_, one) => pick(one.title) },
        { title: say('state'), render: (_, one) => <StepState of={one} open={open} /> },
        ...(brief
          ? []
          : [
              { title: say('oeGrade'), render: (_: unknown, one: Owed) => say(`gr_${one.grade}`) },
              { title: say('oeDue'), render: (_: unknown, one: Owed) => when(one.dueAt) },
              {
                title: say('oeStage'),
                align: 'right' as const,
                render: (_: unknown, one: Owed) => (one.stage === 0 ? '—' : one.stage),
              },
            ]),
      ])}
    />
  );
}
