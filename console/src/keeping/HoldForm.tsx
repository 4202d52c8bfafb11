import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Field, Pick } from '../parts/Field.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { midnightInChina } from '../parts/chinaTime.ts';
import { ProposalForm } from '../parts/ProposalForm.tsx';

const kinds = ['dataset', 'agreement', 'entries', 'subject'] as const;
type Kind = (typeof kinds)[number];
const empty = { dataset: '', agreement: '', first: '', last: '', reason: '', case: '', until: '' };

/** Requests a legal hold. The subject's identifier becomes a keyed hash; it is stored nowhere, the browser included. */
export function HoldForm({ done }: { readonly done: () => void }): ReactNode {
  const { say } = useWords();
  const {
    value: typed,
    set,
    clear,
  } = useDraft<typeof empty & { readonly kind: Kind }>('legal hold', {
    kind: 'dataset',
    ...empty,
  });
  const { kind } = typed;
  // the subject's identifier exists in this page's memory only
  const [value, setValue] = useState('');
  const field = (name: keyof typeof empty): { value: string; change: (to: string) => void } => ({
    value: typed[name],
    change: (to) => set({ [name]: to }),
  });
  const on = (): Schemas['LegalHoldAsked']['on'] => {
    if (kind === 'dataset') return { dataset: typed.dataset };
    if (kind === 'agreement') return { agreement: typed.agreement };
    if (kind === 'entries') return { entries: { first: Number(typed.first), last: Number(typed.last) } };
    return { subject: { dataset: typed.dataset, value } };
  };
  return (
    <ProposalForm
      title={say('hdAsk')}
      lead={say('hdAskLead')}
      command="npx datong audit hold --dataset … --reason … --case … --until …"
      submitLabel={say('hdSend')}
      propose={(key) =>
        post(
          '/v1/legal-holds',
          { on: on(), reason: typed.reason, case: typed.case, until: midnightInChina(typed.until) },
          { key },
        )
      }
      onProposed={() => {
        clear();
        setValue('');
        done();
      }}
    >
      <Pick
        label={say('hdOn')}
        value={kind}
        change={(to) => set({ kind: kinds.find((one) => one === to) ?? 'dataset' })}
        options={kinds.map((value) => ({ value, text: say(`hd_${value}`) }))}
      />
      {kind === 'dataset' || kind === 'subject' ? (
        <Field
          label={say(kind === 'subject' ? 'hdSubjectDataset' : 'hdDataset')}
          required
          most={100}
          {...field('dataset')}
        />
      ) : null}
      {kind === 'subject' ? (
        <Field label={say('identifier')} required most={100} value={value} change={setValue} />
      ) : null}
      {kind === 'agreement' ? (
        <Field label={say('hdAgreement')} required most={101} {...field('agreement')} />
      ) : null}
      {kind === 'entries' ? (
        <>
          <Field label={say('hdFirst')} required most={15} {...field('first')} />
          <Field label={say('hdLast')} required most={15} {...field('last')} />
        </>
      ) : null}
      <Field label={say('hdCase')} required most={100} {...field('case')} />
      <Field type="date" label={say('hdUntil')} required {...field('until')} />
      <Field label={say('hdReason')} required least={2} most={200} wide {...field('reason')} />
    </ProposalForm>
  );
}
