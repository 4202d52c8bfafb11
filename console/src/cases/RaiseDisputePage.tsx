import type { ReactNode } from 'react';
import { post } from '../api/call.ts';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { useAct } from '../parts/useAct.ts';
import { addressOf, go, useRoute } from '../route.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { StatementForm } from './SaidForm.tsx';

/** A department does not accept how its request or its ticket was answered. */
export function RaiseDisputePage(): ReactNode {
  const { say } = useWords();
  const { filter } = useRoute();
  const [about, setAbout] = useDraftText(`dispute about ${filter['about'] ?? ''}`, filter['about'] ?? '');
  const { act, sending, error } = useAct();
  return (
    <Page
      title={say('dpRaise')}
      lead={say('dpRaiseLead')}
      error={error}
      cli={`npx datong ticket dispute raise ${about === '' ? 'ID' : about} --said TEXT --document FILE`}
      actions={<Link to={addressOf('disputes')}>{say('back')}</Link>}
    >
      <section className="card form" aria-label={say('dpRaise')}>
        <Field label={say('dpAboutId')} value={about} change={setAbout} required most={13} />
        <StatementForm
          label={say('dpRaise')}
          draft={`dispute raise ${filter['about'] ?? ''}`}
          sending={sending || !/^(?:req|tkt)-\d{9}$/.test(about)}
          send={(statement, sent) =>
            act(
              (key) => post('/v1/disputes', { about, ...statement }, { key }),
              ({ id }) => {
                sent();
                setAbout('');
                go(addressOf('disputes', [id]), true);
              },
            )
          }
        />
      </section>
    </Page>
  );
}
