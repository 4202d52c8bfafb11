import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Urged } from '../board/Urged.tsx';
import { AcknowledgeOne } from '../events/AcknowledgeAll.tsx';
import { Due } from '../requests/Due.tsx';
import type { InPlaceProps } from '../requests/RequestPage.tsx';
import { useWords } from '../words/words.ts';
import { dueOf, type Item } from './lanes.ts';

/** Who else can act on an item, where the person asked for it. */
export type Others = ((of: object) => string) | undefined;

/** Each item as a sentence with its deadline, its reason and its main button. */
export function LaneItems(props: {
  readonly items: readonly Item[];
  readonly others: Others;
  /** called when an item was decided in place; absent where no item can be */
  readonly done?: () => void;
}): ReactNode {
  const { items, others, done } = props;
  const { say } = useWords();
  return (
    <ul className="lane">
      {items.map((one) => (
        <li key={one.key}>
          <div className="lane-text">
            <span className="lane-sentence" title={one.code}>
              {one.sentence}
            </span>
            <span className="lane-due">
              {dueOf(one.of).due === undefined ? (
                <span className="muted">{say('noDue')}</span>
              ) : (
                <Due of={dueOf(one.of)} />
              )}
            </span>
            <span className="muted">
              {say(one.kind)} · {say(one.why)}
            </span>
            <Urged of={one.of} />
            {others === undefined ? null : (
              <span className="muted">
                {say('inboxOthers')}
                {say('pointColon')}
                {others(one.of)}
              </span>
            )}
            {done === undefined || one.inPlace === undefined || one.inPlace.of === 'event' ? null : (
              <Fold of={one.inPlace.of} id={one.inPlace.id} what={one.what} done={done} />
            )}
          </div>
          <div className="lane-act">
            {done !== undefined && one.inPlace?.of === 'event' ? (
              <AcknowledgeOne of={one.inPlace} what={one.what} done={done} />
            ) : null}
            {one.act}
          </div>
        </li>
      ))}
    </ul>
  );
}

const shownInPlace = {
  request: lazy(() =>
    import('../requests/RequestPage.tsx').then(({ RequestInPlace: shown }) => ({ default: shown })),
  ),
  proposal: lazy(() =>
    import('../registry/ProposalPage.tsx').then(({ ProposalInPlace: shown }) => ({ default: shown })),
  ),
  evidence: lazy(() =>
    import('../officer/EvidenceOnePage.tsx').then(({ EvidenceInPlace: shown }) => ({ default: shown })),
  ),
} as const;

/** The content of an item, read when it is unfolded, and the acts of the person below it: agreeing is offered only next to what it grants. */
function Fold(
  props: InPlaceProps & { readonly of: keyof typeof shownInPlace; readonly what: string },
): ReactNode {
  const { of, id, what, done } = props;
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  const Shown = shownInPlace[of];
  return (
    <details className="lane-fold no-print" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary aria-label={`${say('hmDecideHere')} ${what}`}>{say('hmDecideHere')}</summary>
      {isOpen ? (
        <Suspense fallback={<p className="muted">{say('loading')}</p>}>
          <Shown id={id} done={done} />
        </Suspense>
      ) : null}
    </details>
  );
}
