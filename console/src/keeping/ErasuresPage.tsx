import { useState, type ReactNode } from 'react';
import { post } from '../api/call.ts';
import { Field } from '../parts/Field.tsx';
import { Page } from '../parts/Page.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { momentInChina } from '../parts/chinaTime.ts';
import { ProposalForm } from '../parts/ProposalForm.tsx';
import { Waiting, useWaiting } from './Waiting.tsx';

const empty = { dataset: '', before: '', case: '', decision: '', reason: '' };

/** Erasures of one person from the log's entries: requested by one person, accepted by another. The identifier is stored nowhere. */
export function ErasuresPage(): ReactNode {
  const { say } = useWords();
  const { value: typed, set, clear } = useDraft('erasure', empty);
  // the subject's identifier exists in this page's memory only
  const [value, setValue] = useState('');
  const waiting = useWaiting(['Erasure']);
  const field = (name: keyof typeof empty): { value: string; change: (to: string) => void } => ({
    value: typed[name],
    change: (to) => set({ [name]: to }),
  });
  const { dataset, before, decision, reason } = typed;
  return (
    <Page title={say('erasures')} lead={say('erLead')} error={waiting.error} cli="npx datong inbox">
      {waiting.value?.length === 0 ? <p role="status">{say('erNothing')}</p> : null}
      <Waiting of={waiting.value} />
      <ProposalForm
        title={say('erAsk')}
        lead={say('erAskLead')}
        command="npx datong audit erase --help"
        submitLabel={say('erSend')}
        propose={(key) =>
          post(
            '/v1/erasures',
            {
              subject: { dataset, value },
              before: momentInChina(before),
              reason,
              case: typed.case,
              ...(decision === '' ? {} : { decision }),
            },
            { key },
          )
        }
        onProposed={() => {
          clear();
          setValue('');
          waiting.again();
        }}
      >
        <Field label={say('hdSubjectDataset')} required most={100} {...field('dataset')} />
        <Field label={say('identifier')} required most={100} value={value} change={setValue} />
        <Field type="datetime-local" step={1} label={say('erBefore')} required {...field('before')} />
        <Field label={say('hdCase')} required most={100} {...field('case')} />
        <Field label={say('erDecision')} most={200} {...field('decision')} />
        <Field label={say('hdReason')} required least={2} most={200} wide {...field('reason')} />
      </ProposalForm>
    </Page>
  );
}
