import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { lastDayBefore } from '../../../terms/civilDate.ts';
import { countedGrants } from '../../../terms/requestForm/countedGrants.ts';
import { post, type Schemas } from '../api/call.ts';
import { SendRow } from '../parts/SendRow.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import type { Acted, ActForm } from './actForm.ts';
import { HandOnForm } from './HandOnForm.tsx';
import { OfferForm } from './OfferForm.tsx';
import { ReturnForm } from './ReturnForm.tsx';
import { SupplementForm } from './SupplementForm.tsx';
import { turnOf, type Turn } from './turnOf.ts';
import { wantedIn } from './wanted.ts';
import { TextField } from '../parts/TextField.tsx';
import { useDraft } from '../parts/useDraft.ts';

type Open = Turn['forms'][number];
const forms: Readonly<Record<Open, (props: ActForm) => ReactNode>> = {
  return: ReturnForm,
  refuse: RefusalForm,
  offer: OfferForm,
  extension: (props) => <ReasonForm {...props} act="ask-extension" />,
  handOn: HandOnForm,
  supplement: SupplementForm,
  withdraw: (props) => <ReasonForm {...props} act="withdraw" />,
};
const labels = {
  return: 'rqReturn',
  refuse: 'rqRefuse',
  offer: 'rqOffer',
  extension: 'rqAskExtension',
  handOn: 'rqHandOn',
  supplement: 'rqSupplement',
  withdraw: 'rqWithdraw',
} as const;

/** The acts that the person may take now. Agreeing is two clicks; an act with a text opens its form below. The hub decides who may act. */
export function Acts(props: {
  readonly view: Schemas['RequestView'];
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { view, doing, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const { all } = useDepartments();
  const [open, setOpen] = useState<Open>();
  const turn = turnOf(view, session, all);
  if (!turn.running) return null;
  const send = (body: Acted): void =>
    doing.act(
      (key) => post('/v1/requests/{request}/acts', body, { at: { request: view.id }, key }),
      () => {
        for (const one of Object.keys(forms))
          window.sessionStorage.removeItem(`datong-draft ${one} ${view.id}`);
        again();
      },
    );
  const Form = open === undefined ? undefined : forms[open];
  return (
    <section className="card acts no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      <p role="status">
        {turn.isTheirTurn
          ? say('rqYours')
          : view.waitsFor === undefined
            ? ''
            : say('rqNotYours', { who: say(`by_${view.waitsFor}`) })}
      </p>
      <div className="row-form">
        <Agreements view={view} turn={turn} sending={doing.sending} send={send} />
        {turn.forms.map((one) => (
          <Button
            key={one}
            aria-expanded={open === one}
            onClick={() => setOpen(open === one ? undefined : one)}
          >
            {say(labels[one])}
          </Button>
        ))}
      </div>
      {Form === undefined ? null : <Form view={view} sending={doing.sending} send={send} />}
    </section>
  );
}

/** Acts without a text. The second button names what the act grants. */
function Agreements(props: {
  readonly view: Schemas['RequestView'];
  readonly turn: Turn;
  readonly sending: boolean;
  readonly send: (body: Acted) => void;
}): ReactNode {
  const { view, turn, sending, send } = props;
  const { say, pick, day } = useWords();
  const { name } = useDepartments();
  const seen = view.events.length;
  const { grants, valid } = wantedIn(view.document);
  const granted = {
    consumer: name(view.consumer),
    what: pick(countedGrants(grants)),
    until: day(lastDayBefore(valid.until)),
  };
  const next = view.stages[view.stages.findIndex(({ code }) => code === view.stage) + 1];
  return (
    <>
      {turn.passes ? (
        <TwoSteps
          label={say('rqPass')}
          sure={
            next === undefined
              ? say('rqPassLast', granted)
              : say('rqPassOn', { ...granted, next: pick(next.title) })
          }
          disabled={sending}
          act={() => send({ act: 'pass', seen })}
        />
      ) : null}
      {turn.accepts ? (
        <TwoSteps
          label={say('rqAccept')}
          sure={say('rqAcceptSure', granted)}
          disabled={sending}
          act={() => send({ act: 'accept', seen })}
        />
      ) : null}
      {turn.extends ? (
        <TwoSteps
          label={say('rqAgreeExtension')}
          sure={say('rqAgreeExtensionSure')}
          disabled={sending}
          act={() => send({ act: 'agree-extension', seen })}
        />
      ) : null}
    </>
  );
}

/** An act that requires a reason. */
function ReasonForm({
  view,
  sending,
  send,
  act,
}: ActForm & { readonly act: 'ask-extension' | 'withdraw' }): ReactNode {
  const { say } = useWords();
  const draft = useDraft(`${act === 'withdraw' ? 'withdraw' : 'extension'} ${view.id}`, { reason: '' });
  return (
    <form
      className="form"
      aria-label={say(act === 'withdraw' ? 'rqWithdraw' : 'rqAskExtension')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act, reason: draft.value.reason });
      }}
    >
      <TextField
        label={say('whyReason')}
        rows={2}
        value={draft.value.reason}
        set={(reason) => draft.set({ reason })}
      />
      <SendRow disabled={sending} />
    </form>
  );
}

/** The refusing person states the reason, and what would be granted instead. */
function RefusalForm({ view, sending, send }: ActForm): ReactNode {
  const { say } = useWords();
  const { value, set } = useDraft(`refuse ${view.id}`, { reason: '', wouldGrant: '' });
  return (
    <form
      className="form"
      aria-label={say('rqRefuse')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act: 'refuse', ...value });
      }}
    >
      <TextField label={say('whyReason')} rows={2} value={value.reason} set={(reason) => set({ reason })} />
      <TextField
        label={say('rqWouldGrant')}
        rows={2}
        value={value.wouldGrant}
        set={(wouldGrant) => set({ wouldGrant })}
      />
      <SendRow danger disabled={sending} />
    </form>
  );
}
