import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import type { ActForm } from './actForm.ts';

/** Hands the stage to a colleague who has its role at its side; the hub refuses a person who made the request or decided before. */
export function HandOnForm({ view, sending, send }: ActForm): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const draft = useDraft(`handOn ${view.id}`, { to: '', reason: '' });
  const stage = view.stages.find(({ code }) => code === view.stage);
  const role = stage?.role ?? '';
  const answer = useAnswer(`persons ${role} ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/persons', { query: { state: 'active', role, limit: '200', cursor } }),
      ({ persons }) => persons,
    ),
  );
  const place = stage === undefined || stage.by === 'office' ? undefined : view[stage.by];
  const colleagues = (answer.value ?? []).filter(
    ({ person, roles }) =>
      !view.events.some((event) => event.person === person) &&
      roles.some((held) => held.role === stage?.role && held.department === place),
  );
  return (
    <form
      className="form"
      aria-label={say('rqHandOn')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act: 'hand-on', ...draft.value });
      }}
    >
      <Select
        required
        label={say('rqHandOnTo')}
        value={draft.value.to}
        set={(to) => draft.set({ ...draft.value, to })}
        options={[
          { value: '', text: '—' },
          ...colleagues.map(({ person, name }) => ({ value: person, text: name })),
        ]}
      />
      <Refusal error={answer.error} cli={asCall('GET /v1/persons', { query: { state: 'active', role } })} />
      <TextField
        label={say('whyReason')}
        rows={2}
        value={draft.value.reason}
        set={(reason) => draft.set({ ...draft.value, reason })}
      />
      <SendRow disabled={sending} />
    </form>
  );
}
