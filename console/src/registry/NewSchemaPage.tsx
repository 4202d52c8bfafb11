import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { FormOrJson } from '../parts/FormOrJson.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { readJson } from '../parts/readJson.ts';
import { useAct, type Act } from '../parts/useAct.ts';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft, type Draft } from '../parts/useDraft.ts';
import { useDebounced } from '../parts/useDebounced.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { isWord } from '../parts/State.tsx';
import { useWords, type Spoken } from '../words/words.ts';
import { SchemaForm } from './schemaForm/SchemaForm.tsx';
import { firstDocument } from './schemaForm/schemaForm.ts';
import { SchemaEffect, SchemaGate } from './SchemaTrial.tsx';
import { isObject } from '../../../terms/isObject.ts';

interface Typed {
  readonly text: string;
  readonly waiver: string;
}

/**
 * A version is written here as a form or as JSON, and the hub checks it during input; nothing is stored before it is submitted. The text is
 * the only state: the form is read from it and writes it.
 */
export function NewSchemaPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { from = '' } = filter;
  const base = useAnswer(`from ${from} ${turn}`, () => precedingVersion(from));
  const draft = useDraft<Typed>(`schema new ${from}`, { text: '', waiver: '' }, true);
  const text = draft.value.text === '' ? startOf(base.value?.document) : draft.value.text;
  const { tried, error, document, fault, isChecking } = useTrial(text);
  const doing = useAct();
  const [done, setDone] = useState('');
  const shown = done === '' ? tried : undefined;
  return (
    <Page
      title={say('scNew')}
      lead={say('scNewLead')}
      error={doing.error ?? error ?? base.error}
      cli="npx datong schema lint FILE && npx datong catalogue apply FILE"
      actions={<Link to={addressOf('schemas')}>{say('back')}</Link>}
    >
      <Unsent shown={draft.restored && done === ''} clear={draft.clear} />
      <div className="with-gate">
        <Editor
          text={text}
          isFirst={from === ''}
          findings={tried?.findings ?? []}
          set={(to) => {
            setDone('');
            draft.set({ text: to });
          }}
        />
        <div>
          {fault === undefined ? null : (
            <Alert className="gap" role="alert" type="error" showIcon title={fault} />
          )}
          {shown === undefined ? null : <SchemaGate tried={shown} />}
          <SubmitForm
            document={document}
            tried={tried}
            isChecking={isChecking && text !== ''}
            draft={draft}
            doing={doing}
            done={done}
            setDone={setDone}
          />
        </div>
      </div>
      {shown === undefined ? null : <SchemaEffect tried={shown} />}
    </Page>
  );
}

/** @param from name and version, `health/vaccination/1.0`, of the schema that the new one begins with; empty: it begins with none */
async function precedingVersion(from: string): Promise<Schemas['SchemaVersionText'] | undefined> {
  const [name = '', version = ''] = from.split('/');
  return from === ''
    ? undefined
    : get('/v1/schemas/{schema}', { at: { schema: `urn:datong:${name}:${version}` } });
}

interface Trial {
  /** the hub's findings about the document */
  readonly tried: Schemas['SchemaTried'] | undefined;
  readonly error: unknown;
  /** undefined where the text is none */
  readonly document: Schemas['SharedSchema'] | undefined;
  /** why the text is no document; undefined also while there is no text */
  readonly fault: string | undefined;
  readonly isChecking: boolean;
}

/** The hub checks the text when its author pauses. */
function useTrial(text: string): Trial {
  const { say } = useWords();
  const { turn } = useSession();
  const debounced = useDebounced(text, '');
  const parsed = documentIn(debounced, say);
  const document = 'document' in parsed ? parsed.document : undefined;
  const { value, error, loading } = useAnswer(`${debounced} ${turn}`, () =>
    document === undefined ? Promise.resolve(undefined) : post('/v1/schemas/trials', { document }),
  );
  return {
    tried: value,
    error,
    document,
    fault: debounced !== '' && 'fault' in parsed ? parsed.fault : undefined,
    isChecking: debounced !== text || loading,
  };
}

/** The text as a form, or as it is; the address has which. */
function Editor(props: {
  readonly text: string;
  readonly isFirst: boolean;
  readonly findings: Schemas['SchemaTried']['findings'];
  readonly set: (text: string) => void;
}): ReactNode {
  const { text, isFirst, findings, set } = props;
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const isJson = filter['view'] === 'json';
  const parsed = text === '' && isFirst ? { document: firstDocument } : documentIn(text, say);
  return (
    <section className="card form">
      <FormOrJson
        isJson={isJson}
        hasForm={'document' in parsed}
        set={(to) => refine({ view: to ? 'json' : '' }, true)}
      />
      {isJson ? (
        <label className="choice wide">
          <span>{say('scText')}</span>
          <textarea
            className="code"
            rows={26}
            spellCheck={false}
            value={text}
            onChange={({ target }) => set(target.value)}
          />
        </label>
      ) : 'document' in parsed ? (
        <SchemaForm
          document={parsed.document}
          isFirst={isFirst}
          findings={findings}
          set={(document) => set(JSON.stringify(document, undefined, 2))}
        />
      ) : text === '' ? (
        <p role="status">{say('loading')}</p>
      ) : (
        <Alert type="warning" showIcon title={say('sfBroken')} />
      )}
    </section>
  );
}

/** Submits what was checked. A text that breaks other versions of its major needs a reason, to which two more persons agree. */
function SubmitForm(props: {
  readonly document: Schemas['SharedSchema'] | undefined;
  readonly tried: Schemas['SchemaTried'] | undefined;
  readonly isChecking: boolean;
  readonly draft: Draft<Typed>;
  readonly doing: Act;
  readonly done: string;
  readonly setDone: (state: string) => void;
}): ReactNode {
  const { document, tried, isChecking, draft, doing, done, setDone } = props;
  const { say } = useWords();
  const breaks = tried?.code === 'schema_incompatible';
  const waiver = draft.value.waiver.trim();
  const mayBeSent = tried?.ok === true || (breaks && waiver !== '');
  const submit = (): void => {
    if (document === undefined) return;
    const body = breaks ? { document, waiver: { reason: waiver } } : { document };
    doing.act(
      (key) => post('/v1/schemas', body, { key }),
      ({ state }) => {
        draft.sent();
        const word = `st_${state ?? ''}`;
        setDone(isWord(word) ? say(word) : (state ?? ''));
      },
    );
  };
  return (
    <form
      className="card form"
      aria-label={say('scNew')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {breaks && done === '' ? (
        <TextField
          label={say('wvAsk')}
          hint={say('wvAskNote')}
          rows={2}
          maxLength={1000}
          required={false}
          value={draft.value.waiver}
          set={(to) => draft.set({ waiver: to })}
        />
      ) : null}
      <div className="row-form">
        <Button
          type="primary"
          htmlType="submit"
          disabled={doing.sending || isChecking || done !== '' || !mayBeSent}
        >
          {say('scSubmit')}
        </Button>
        <span role="status">{isChecking ? say('scChecking') : ''}</span>
      </div>
      {done === '' ? null : <Submitted state={done} schema={tried?.schema} />}
    </form>
  );
}

/** @param props.schema `urn:datong:NAME:VERSION` */
function Submitted(props: { readonly state: string; readonly schema: string | undefined }): ReactNode {
  const { state, schema } = props;
  const { say } = useWords();
  const [, , name = '', version = ''] = schema?.split(':') ?? [];
  return (
    <Alert
      role="status"
      type="success"
      showIcon
      title={
        <>
          {say('scSubmitted', { state })}{' '}
          <Link to={addressOf('schemas', [name, version])}>{say('open')}</Link>
        </>
      }
    />
  );
}

/** The text of the preceding version, with the next minor number. */
function startOf(document: Schemas['SharedSchema'] | undefined): string {
  if (document === undefined) return '';
  const next = String(document.$id).replace(/\.(\d+)$/, (_, minor: string) => `.${Number(minor) + 1}`);
  return JSON.stringify({ ...document, $id: next }, undefined, 2);
}

function documentIn(
  text: string,
  say: Spoken['say'],
): { readonly document: Schemas['SharedSchema'] } | { readonly fault: string } {
  const read = readJson(text, say, 'scNotJson');
  if ('fault' in read) return read;
  const { value } = read;
  return isObject(value) ? { document: value } : { fault: say('scNotJson', { what: '{…}' }) };
}
