import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { addressOf } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Proposed = Schemas['Waiting']['proposals'][number];

/** All proposals that the person may decide. */
export const waitingProposals = (): Promise<readonly Proposed[]> =>
  everyPage(
    (cursor) => get('/v1/inbox', { query: { kind: 'proposals', limit: '200', cursor } }),
    ({ proposals }) => proposals,
  );

/** Proposals of some kinds that the person may decide. */
export function useWaiting(kinds: readonly string[]): Answered<readonly Proposed[]> {
  const { turn } = useSession();
  return useAnswer(`waiting ${kinds.join()} ${turn}`, async () =>
    (await waitingProposals()).filter(({ kind }) => kinds.includes(kind)),
  );
}

/** Items that wait for a second person, each with a link to its page. */
export function Waiting({ of }: { readonly of: readonly Proposed[] | undefined }): ReactNode {
  const { say } = useWords();
  if (of === undefined || of.length === 0) return null;
  return (
    <section className="card no-print" aria-label={say('kpWaiting')}>
      <h2>{say('kpWaiting')}</h2>
      <ul className="saved">
        {of.map(({ proposal, kind, name }) => (
          <li key={proposal}>
            <code>
              {kind} {name}
            </code>
            <Link to={addressOf('proposals', [proposal])} label={`${say('open')} ${name}`}>
              {say('open')}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
