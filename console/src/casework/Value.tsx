import { Button } from 'antd';
import type { ReactNode } from 'react';
import { titleIn } from '../../../terms/titleIn.ts';
import { getRanges, type Schemas } from '../api/call.ts';
import { asCall } from '../api/asCall.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { dataUrlOf } from '../parts/dataUrlOf.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { saveFile } from '../parts/saveFile.ts';
import { useWords } from '../words/words.ts';
import { positionOf, type Acting } from './acting.ts';

type CaseField = Schemas['CaseField'];

/** Values of a row as texts. */
function useValues(): { readonly text: (value: unknown) => string } {
  const { say } = useWords();
  return {
    text: (value) => {
      if (value === null || value === undefined) return '';
      if (typeof value === 'boolean') return say(value ? 'cwTrue' : 'cwFalse');
      if (typeof value === 'string' || typeof value === 'number') return String(value);
      const at = positionOf(value);
      return at === undefined ? JSON.stringify(value) : `${at[0]}, ${at[1]}`;
    },
  };
}

/** A value as it is shown: a picture for an image, a button for another file. */
export function Value(props: {
  readonly acting: Acting;
  readonly field: CaseField;
  readonly value: unknown;
}): ReactNode {
  const { acting, field, value } = props;
  const { pick } = useWords();
  const values = useValues();
  const { set } = acting;
  if (field.name === set.state && typeof value === 'string')
    return <span title={value}>{pick(titleIn(set.titles.states, value))}</span>;
  if (field.kind !== 'attachment') return values.text(value);
  const ids = (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (one): one is string => typeof one === 'string',
  );
  const isPicture = field.mediaTypes?.every((one) => one.startsWith('image/')) === true;
  return (
    <div className="case-photos">
      {ids.map((id) => (
        <Attached key={id} acting={acting} id={id} isPicture={isPicture} />
      ))}
    </div>
  );
}

const path = '/v1/datasets/{dataset}/cases/attachments/{attachment}';
const sentOf = ({ set, agreement, purpose }: Acting, id: string, edge?: string) => ({
  at: { dataset: set.dataset, attachment: id },
  query: { department: set.department, agreement: agreement.agreement, purpose, edge },
});

function Attached(props: {
  readonly acting: Acting;
  readonly id: string;
  readonly isPicture: boolean;
}): ReactNode {
  const { acting, id, isPicture } = props;
  const { say } = useWords();
  const doing = useAct();
  const open = (): void =>
    doing.act(
      () => getRanges(path, sentOf(acting, id, isPicture ? '2560' : undefined)),
      (file) => saveFile(file, id),
    );
  return (
    <figure>
      {isPicture ? <Thumbnail acting={acting} id={id} /> : null}
      <Button size="small" className="no-print" disabled={doing.sending} onClick={open}>
        {say('cwOpen')}
      </Button>
      <Refusal error={doing.error} cli={asCall(`GET ${path}`, sentOf(acting, id))} />
    </figure>
  );
}

function Thumbnail({ acting, id }: { readonly acting: Acting; readonly id: string }): ReactNode {
  const { say } = useWords();
  // the pages' Content-Security-Policy shows pictures of `data:` addresses only
  const answer = useAnswer(`thumbnail ${id}`, async () =>
    dataUrlOf(await getRanges(path, sentOf(acting, id, '320'))),
  );
  if (answer.error !== undefined)
    return <Refusal error={answer.error} cli={asCall(`GET ${path}`, sentOf(acting, id))} />;
  return answer.value === undefined ? (
    <span>{say('loading')}</span>
  ) : (
    <img src={answer.value} alt={say('cwPhotos')} />
  );
}
