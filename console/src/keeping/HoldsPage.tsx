import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { Person } from '../parts/Person.tsx';
import { addressOf } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { ProposalForm } from '../parts/ProposalForm.tsx';
import { HoldForm } from './HoldForm.tsx';
import { Waiting, useWaiting } from './Waiting.tsx';

type Hold = Schemas['LegalHoldList']['holds'][number];
const kinds = ['dataset', 'agreement', 'entries', 'subject'] as const;

/** Data that must not be destroyed before a day, for which case, by whom; two persons request a hold and lift it. */
export function HoldsPage(): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const [lifting, setLifting] = useState<string>();
  const waiting = useWaiting(['LegalHold']);
  const asks = hasOffice(session, ['security', 'auditor']);
  return (
    <ListPage
      title={say('holds')}
      lead={say('hdLead')}
      cli="npx datong audit holds"
      search={{ label: say('hdCase'), hint: say('hdCaseHint') }}
      filters={[
        {
          name: 'kind',
          label: say('hdOn'),
          all: say('hdAll'),
          options: kinds.map((value) => ({ value, text: say(`hd_${value}`) })),
        },
      ]}
      ask={({ q, kind }, place) => get('/v1/legal-holds', { query: { case: q, kind, ...place } })}
      rowsOf={({ holds }) => holds}
      usualSort="until"
      keyOf={({ id }) => id}
      empty={say('hdEmpty')}
      columns={[
        { title: say('hdOn'), render: (_, { on }: Hold) => <Held on={on} /> },
        { ...sortedBy('case'), title: say('hdCase'), render: (_, one) => one.case },
        { title: say('hdReason'), render: (_, one) => one.reason },
        { ...sortedBy('until'), title: say('hdUntil'), render: (_, one) => when(one.until) },
        { title: say('author'), render: (_, one) => <Person id={one.author} name={one.authorName} /> },
        { title: say('approver'), render: (_, one) => <Person id={one.approver} name={one.approverName} /> },
        ...(asks
          ? [
              {
                title: say('actions'),
                render: (_: unknown, { id }: Hold) => (
                  <Button
                    size="small"
                    aria-label={say('hdLiftOf', { id })}
                    aria-expanded={lifting === id}
                    onClick={() => setLifting(lifting === id ? undefined : id)}
                  >
                    {say('hdLift')}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    >
      {lifting === undefined ? null : <Lifting key={lifting} hold={lifting} done={waiting.again} />}
      <Waiting of={waiting.value} />
      {asks ? <HoldForm done={waiting.again} /> : null}
    </ListPage>
  );
}

function Held({ on }: Pick<Hold, 'on'>): ReactNode {
  const { say } = useWords();
  if ('dataset' in on)
    return (
      <>
        {say('hd_dataset')} <Link to={addressOf('datasets', [on.dataset])}>{on.dataset}</Link>
      </>
    );
  if ('agreement' in on)
    return (
      <>
        {say('hd_agreement')} <code>{on.agreement}</code>
      </>
    );
  if ('entries' in on) return `${say('hd_entries')} ${say('hdEntries', { ...on.entries })}`;
  return say('hd_subject');
}

/** Before its day, with a reason; another person accepts it. */
function Lifting({ hold, done }: { readonly hold: string; readonly done: () => void }): ReactNode {
  const { say } = useWords();
  const [reason, setReason] = useDraftText(`hold lift ${hold}`);
  return (
    <ProposalForm
      title={say('hdLiftOf', { id: hold })}
      lead={say('kpSecond')}
      command={`npx datong audit lift ${hold} --reason …`}
      submitLabel={say('hdLift')}
      propose={(key) => post('/v1/legal-holds/{hold}/lifting', { reason }, { at: { hold }, key })}
      onProposed={() => {
        setReason('');
        done();
      }}
    >
      <Field label={say('hdReason')} value={reason} change={setReason} required least={2} most={200} wide />
    </ProposalForm>
  );
}
