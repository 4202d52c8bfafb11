import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { State } from '../parts/State.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Certificate = Schemas['CertificateView'];
type Reason = Schemas['Revocation']['reason'];
const reasons: readonly Reason[] = [
  'key-compromise',
  'superseded',
  'cessation',
  'privilege-withdrawn',
  'unspecified',
];
/** Renewal begins at half of thirty days: below ten an operator should check. */
const few = 10;

export function CertificateList({
  department,
  doing,
}: {
  readonly department: string;
  readonly doing: Act;
}): ReactNode {
  const { say, when } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const query = { department, ...placeIn(filter) };
  const answer = useAnswer(`certificates ${JSON.stringify(query)} ${turn}`, () =>
    get('/v1/certificates', { query }),
  );
  const [reason, setReason] = useState<Reason>('superseded');
  const revokes = hasRole(session, ['operator', 'security', 'steward']);
  return (
    <section className="card">
      <h2>{say('dpCertificates')}</h2>
      <Refusal error={answer.error} cli="npx datong client certificates --staff" />
      {revokes ? (
        <div className="filters no-print">
          <Select
            label={say('dpRevokeReason')}
            value={reason}
            set={(chosen) => setReason(reasons.find((one) => one === chosen) ?? 'unspecified')}
            options={reasons.map((value) => ({ value, text: say(`rr_${value}`) }))}
          />
        </div>
      ) : null}
      <List<Certificate>
        label={say('dpCertificates')}
        rows={answer.value?.certificates}
        keyOf={({ serial }) => serial}
        answer={answer}
        empty={say('noCertificates')}
        page={answer.value}
        columns={[
          { title: say('serial'), render: (_, one) => <code>{one.serial}</code> },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
          { ...sortedBy('ends'), title: say('notAfter'), render: (_, one) => when(one.notAfter) },
          {
            title: say('daysLeft'),
            align: 'right',
            render: (_, { daysLeft }) =>
              daysLeft === undefined ? (
                '—'
              ) : daysLeft < few ? (
                <span className="late">▲ {daysLeft}</span>
              ) : (
                daysLeft
              ),
          },
          {
            title: say('reason'),
            render: (_, one) => (one.reason === undefined ? '—' : say(`rr_${one.reason}`)),
          },
          {
            title: say('actions'),
            render: (_, one) =>
              revokes && one.state === 'valid' ? (
                <div className="row-form">
                  <TwoSteps
                    danger
                    label={say('dpRevoke')}
                    sure={say('dpRevokeSure')}
                    disabled={doing.sending}
                    act={() =>
                      doing.act(
                        () =>
                          post(
                            '/v1/certificates/{serial}/revocation',
                            { reason },
                            { at: { serial: one.serial } },
                          ),
                        answer.again,
                      )
                    }
                  />
                </div>
              ) : (
                '—'
              ),
          },
        ]}
      />
    </section>
  );
}
