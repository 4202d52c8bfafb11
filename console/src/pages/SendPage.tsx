import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, type Schemas, getFile } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Page } from '../parts/Page.tsx';
import { useRoute } from '../route.ts';
import { FileForm, type Chosen } from '../send/FileForm.tsx';
import { Outcome } from '../send/Outcome.tsx';
import { UnfinishedUploads } from '../send/UnfinishedList.tsx';
import { UploadProgress } from '../send/UploadProgress.tsx';
import { useUpload, type Uploading } from '../send/useUpload.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { holdsRows } from '../parts/holdsRows.ts';
import { saveFile } from '../parts/saveFile.ts';
import { everyPage } from '../api/everyPage.ts';
import { defined } from '../../../terms/defined.ts';

/** 报送: a person sends a file of their department. The address names dataset and mapping. */
export function SendPage(): ReactNode {
  const { say } = useWords();
  const { filter } = useRoute();
  const destination = useDestination();
  const { datasets, id, dataset, open, closed, mapping } = destination;
  const uploading = useUpload();
  const [refused, setRefused] = useState<unknown>();
  const corrects = filter['corrects'] ?? '';
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
      error={refused ?? uploading.error ?? destination.error}
      cli={id === '' || dataset === undefined ? 'npx datong dataset list' : lineFor(id, dataset, mapping)}
    >
      {datasets?.length === 0 ? <p role="status">{say('sendNone')}</p> : null}
      {corrects === '' ? null : <p role="status">{say('sendCorrects', { batch: corrects })}</p>}
      <DestinationFilters at={destination} refused={setRefused} />
      <UnfinishedUploads uploading={uploading} />
      {closed === undefined ? null : <p role="status">{say(closed)}</p>}
      {open === undefined || uploading.state !== 'idle' ? null : (
        <FileForm
          key={`${id} ${mapping}`}
          dataset={id}
          controlNeeded={open.intake.controlTotals === true && corrects === ''}
          send={start}
        />
      )}
      <UploadProgress uploading={uploading} />
      <Sent uploading={uploading} />
      {dataset === undefined || closed !== 'sendSignedOnly' ? null : (
        <CommandLine label={say('sendLine')} line={lineFor(id, dataset, mapping)} />
      )}
    </Page>
  );
}

interface Destination {
  /** those that the person may send to; undefined until they are read */
  readonly datasets: readonly Schemas['DatasetView'][] | undefined;
  /** empty: none is chosen */
  readonly id: string;
  /** undefined until it is read */
  readonly dataset: Schemas['DatasetView'] | undefined;
  /** why it cannot be sent to */
  readonly closed: Closed | undefined;
  /** the dataset, if it can be sent to */
  readonly open: Schemas['DatasetView'] | undefined;
  /** names of its mappings */
  readonly names: readonly string[];
  /** name of the chosen mapping, or of the last one */
  readonly mapping: string;
  readonly error: unknown;
}

/** The dataset and the mapping that the address names; the only dataset where it names none. */
function useDestination(): Destination {
  const { turn } = useSession();
  const { filter } = useRoute();
  const sendable = useSendable();
  const datasets = sendable.value;
  const id = filter['dataset'] ?? (datasets?.length === 1 ? (datasets[0]?.id ?? '') : '');
  const { value, error } = useAnswer(`send ${id} ${turn}`, () =>
    id === '' ? Promise.resolve(undefined) : get('/v1/datasets/{dataset}', { at: { dataset: id } }),
  );
  const { dataset, mappings = [] } = value ?? {};
  const names = [...new Set(mappings.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)))];
  const mapping = names.find((name) => name === filter['mapping']) ?? names.at(-1) ?? '';
  const closed = dataset === undefined ? undefined : whyClosed(dataset, names);
  const open = closed === undefined ? dataset : undefined;
  return { datasets, id, dataset, closed, open, names, mapping, error: error ?? sendable.error };
}

/** The choice of dataset and mapping, and a workbook for them. */
function DestinationFilters(props: {
  readonly at: Destination;
  readonly refused: (error: unknown) => void;
}): ReactNode {
  const { at, refused } = props;
  const { datasets = [], id, open, names, mapping } = at;
  const { say, pick } = useWords();
  return (
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
      {open === undefined ? null : <TemplateButton dataset={id} mapping={mapping} refused={refused} />}
    </div>
  );
}

/** The outcome of the upload, and the next one. */
function Sent({ uploading }: { readonly uploading: Uploading }): ReactNode {
  const { say } = useWords();
  if (uploading.batch === undefined) return null;
  return (
    <>
      <Outcome batch={uploading.batch} />
      <Button onClick={uploading.reset}>{say('sendAgain')}</Button>
    </>
  );
}

const lineFor = (id: string, { department }: Schemas['DatasetView'], mapping: string): string =>
  `npx datong send FILE --as ${department} --dataset ${id} --mapping ${mapping}`;

type Closed = 'sendSignedOnly' | 'sendNoMapping' | 'sendLive';

function whyClosed(
  { intake, mode }: Schemas['DatasetView'],
  mappings: readonly string[],
): Closed | undefined {
  if (!holdsRows({ mode })) return 'sendLive';
  if (intake.signedOnly === true) return 'sendSignedOnly';
  return mappings.length === 0 ? 'sendNoMapping' : undefined;
}

/** A file's name in the form that the hub accepts. */

const nameOf = ({ name }: File): string =>
  name.replaceAll(/[/\\\u0000-\u001f]/g, '_').slice(0, 200) || 'file';

/** An empty workbook to fill in. */
function TemplateButton(props: {
  readonly dataset: string;
  readonly mapping: string;
  readonly refused: (error: unknown) => void;
}): ReactNode {
  const { dataset, mapping, refused } = props;
  const { say } = useWords();
  const download = (): void => {
    refused(undefined);
    getFile('/v1/datasets/{dataset}/template', { at: { dataset }, query: { mapping } }).then(
      (content) => saveFile(content, `${dataset}.xlsx`),
      refused,
    );
  };
  return (
    <Button title={say('sendTemplateCsv')} onClick={download}>
      {say('sendTemplate')}
    </Button>
  );
}

const sends = ['clerk', 'steward'];

/** Departments for which the person sends files; empty: none. `undefined` as an element is the data office. */
function useSendingFor(): readonly (string | undefined)[] {
  const { session } = useSession();
  return [...new Set(session.roles.filter(({ role }) => sends.includes(role)).map((one) => one.department))];
}

/** Datasets that the person may send to, by department. */
function useSendable(): Answered<readonly Schemas['DatasetView'][]> {
  const { turn } = useSession();
  const departments = useSendingFor();
  return useAnswer(`sendable ${departments.join(' ')} ${turn}`, async () => {
    const lists = await Promise.all(
      departments.map((department) =>
        everyPage(
          (cursor) =>
            get('/v1/datasets', {
              query: { limit: '200', cursor, ...defined({ department }) },
            }),
          ({ datasets }) => datasets,
        ),
      ),
    );
    return lists.flat().filter(({ state }) => state === 'published');
  });
}
