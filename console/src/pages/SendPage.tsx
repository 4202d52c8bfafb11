import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Page } from '../parts/Page.tsx';
import { useRoute } from '../route.ts';
import { FileForm, type Chosen } from '../send/FileForm.tsx';
import { Outcome } from '../send/Outcome.tsx';
import { TemplateButton } from '../send/TemplateButton.tsx';
import { Unfinished } from '../send/UnfinishedList.tsx';
import { UploadProgress } from '../send/UploadProgress.tsx';
import { useSendable } from '../send/useSendable.ts';
import { useUpload } from '../send/useUpload.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { holdsRows } from '../parts/holdsRows.ts';

/** 报送: a person sends a file of their department. The address names dataset and mapping. */
export function SendPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const sendable = useSendable();
  const uploading = useUpload();
  const [refused, setRefused] = useState<unknown>();
  const datasets = sendable.value ?? [];
  const id = filter['dataset'] ?? (datasets.length === 1 ? (datasets[0]?.id ?? '') : '');
  const detail = useAnswer(`send ${id} ${turn}`, () =>
    id === '' ? Promise.resolve(undefined) : get('/v1/datasets/{dataset}', { at: { dataset: id } }),
  );
  const { dataset, mappings = [] } = detail.value ?? {};
  const names = [...new Set(mappings.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)))];
  const mapping = names.find((name) => name === filter['mapping']) ?? names.at(-1) ?? '';
  const corrects = filter['corrects'] ?? '';
  const closed = dataset === undefined ? undefined : whyClosed(dataset, names);
  const start = ({ file, sha256, control }: Chosen): void =>
    uploading.start({
      dataset: id,
      mapping,
      file,
      sha256,
      control,
      fileName: nameOf(file),
      corrects: corrects === '' ? undefined : corrects,
    });
  return (
    <Page
      title={say('send')}
      lead={say('sendLead')}
      error={refused ?? uploading.error ?? detail.error ?? sendable.error}
      cli={
        id === '' || dataset === undefined
          ? 'npx datong dataset list'
          : `npx datong send FILE --as ${dataset.department} --dataset ${id} --mapping ${mapping}`
      }
    >
      {sendable.value?.length === 0 ? <p role="status">{say('sendNone')}</p> : null}
      {corrects === '' ? null : <p role="status">{say('sendCorrects', { batch: corrects })}</p>}
      <div className="filters">
        <Choice
          name="dataset"
          label={say('dataset')}
          all="—"
          usual={id}
          options={datasets.map((one) => ({
            value: one.id,
            text: `${pick(one.title)}${say('pointOpen')}${one.id}${say('pointClose')}`,
          }))}
        />
        {names.length < 2 ? null : (
          <Choice
            name="mapping"
            label={say('sendMapping')}
            all="—"
            usual={mapping}
            options={names.map((value) => ({ value, text: value }))}
          />
        )}
        {dataset === undefined || closed !== undefined ? null : (
          <TemplateButton dataset={id} mapping={mapping} refused={setRefused} />
        )}
      </div>
      <Unfinished uploading={uploading} />
      {closed === undefined ? null : <p role="status">{say(closed)}</p>}
      {dataset === undefined || closed !== undefined ? null : uploading.state === 'idle' ? (
        <FileForm
          key={`${id} ${mapping}`}
          dataset={id}
          controlNeeded={dataset.intake.controlTotals === true && corrects === ''}
          send={start}
        />
      ) : null}
      <UploadProgress uploading={uploading} />
      {uploading.batch === undefined ? null : (
        <>
          <Outcome batch={uploading.batch} />
          <Button onClick={uploading.reset}>{say('sendAgain')}</Button>
        </>
      )}
      {dataset === undefined || closed !== 'sendSignedOnly' ? null : (
        <CommandLine
          label={say('sendLine')}
          line={`npx datong send FILE --as ${dataset.department} --dataset ${id} --mapping ${mapping}`}
        />
      )}
    </Page>
  );
}

function whyClosed(
  { intake, mode }: Schemas['DatasetView'],
  mappings: readonly string[],
): 'sendSignedOnly' | 'sendNoMapping' | 'sendLive' | undefined {
  if (!holdsRows({ mode })) return 'sendLive';
  if (intake.signedOnly === true) return 'sendSignedOnly';
  return mappings.length === 0 ? 'sendNoMapping' : undefined;
}

/** A file's name in the form that the hub accepts. */

const nameOf = ({ name }: File): string =>
  name.replaceAll(/[/\\\u0000-\u001f]/g, '_').slice(0, 200) || 'file';
