import type { ReactNode } from 'react';
import { Urged } from '../board/Urged.tsx';
import { Due } from '../requests/Due.tsx';
import { useWords } from '../words/words.ts';
import { dueOf, type Item } from './lanes.ts';

/** Who else can act on an item, where the person asked for it. */
export type Others = ((of: object) => string) | undefined;

/** Each item as a sentence with its deadline, its reason and its main button. */
export function LaneItems(props: { readonly items: readonly Item[]; readonly others: Others }): ReactNode {
  const { items, others } = props;
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
          </div>
          <div className="lane-act">{one.act}</div>
        </li>
      ))}
    </ul>
  );
}
