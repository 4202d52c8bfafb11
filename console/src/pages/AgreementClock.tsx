import { lastDayBefore } from '../../../terms/civilDate.ts';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

const dayLength = 86_400_000;

/**
 * The pending decision of a document, who makes it, and its end of validity.
 * @param valid RFC 3339; absent: it has none
 * @param now Unix milliseconds
 */
export function AgreementClock(props: {
  readonly view: Schemas['PolicyDocumentView'];
  readonly valid: { readonly from: string; readonly until: string } | undefined;
  readonly now: number;
}): ReactNode {
  const { view, valid, now } = props;
  const { say, day } = useWords();
  const { name } = useDepartments();
  const { state, missing = [] } = view;
  const waits =
    state === 'submitted'
      ? missing.length > 0
        ? say('agWaitsSign', { names: missing.map((code) => name(code)).join(say('pointList')) })
        : say('agWaitsApprove')
      : state === 'suspended'
        ? say('agWaitsLift')
        : state === 'draft' || state === 'returned'
          ? say('agWaitsAuthor')
          : say('agWaitsNothing');
  const left = valid === undefined ? undefined : Math.floor((Date.parse(valid.until) - now) / dayLength);
  return (
    <section className="card" aria-label={say('agClock')}>
      <h2>{say('agClock')}</h2>
      <p role="status">{waits}</p>
      {view.request === undefined ? null : (
        <p>
          {say('agFrom')} <Link to={addressOf('requests', [view.request])}>{view.request}</Link>
        </p>
      )}
      {valid === undefined || left === undefined ? null : (
        <p>
          {say('agHolds', { from: day(valid.from), until: day(lastDayBefore(valid.until)) })}
          {state !== 'active' && state !== 'submitted' ? null : left < 0 ? (
            <strong> ▲ {say('agOver')}</strong>
          ) : (
            ` ${say('agDaysLeft', { n: left })}`
          )}
        </p>
      )}
    </section>
  );
}
