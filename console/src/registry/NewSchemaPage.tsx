import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { useAct } from '../parts/useAct.ts';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useDebounced } from '../parts/useDebounced.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { isWord } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';
import { SchemaTrial } from './SchemaTrial.tsx';

/** A version is written here, and the hub checks it during input; nothing is stored before it is submitted. */
export function NewSchemaPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { from = '' } = filter;
  const [name = '', version = ''] = from.split('/');
  const base = useAnswer(`from ${from} ${turn}`, () =>
    from === ''
      ? Promise.resolve(undefined)
      : get('/v1/schemas/{schema}', { at: { schema: `urn:datong:${name}:${version}` } }),
  );
  const draft = useDraft(`schema new ${from}`, { text: '', waiver: '' });
  const text = draft.value.text === '' ? startOf(base.value?.document) : draft.value.text;
  const debounced = useDebounced(text, '');
  const parsed = documentIn(debounced);
  const tried = useAnswer(`${debounced} ${turn}`, () =>
    'document' in parsed
      ? post('/v1/schemas/trials', { document: parsed.document })
      : Promise.resolve(undefined),
  );
  // others of its major may be broken knowingly, with a reason that two more persons agree to
  const breaks = tried.value?.code === 'schema_incompatible';
  const waiver = draft.value.waiver.trim();
  const checking = debounced !== text || tried.loading;
  const doing = useAct();
  const [done, setDone] = useState('');
  const submit = (): void => {
    if (!('document' in parsed)) return;
    const { document } = parsed;
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
  const written = tried.value?.schema?.split(':') ?? [];
  return (
    <Page
      title={say('scNew')}
      lead={say('scNewLead')}
      error={doing.error ?? tried.error ?? base.error}
      cli="npx datong schema lint FILE && npx datong catalogue apply FILE"
      actions={<Link to={addressOf('schemas')}>{say('back')}</Link>}
    >
      <Unsent shown={draft.restored && done === ''} clear={draft.clear} />
      <form
        className="card form"
        aria-label={say('scNew')}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label className="choice wide">
          <span>{say('scText')}</span>
          <textarea
            required
            className="code"
            rows={22}
            spellCheck={false}
            value={text}
            onChange={({ target }) => {
              setDone('');
              draft.set({ text: target.value });
            }}
          />
        </label>
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
            disabled={
              doing.sending ||
              checking ||
              done !== '' ||
              (tried.value?.ok !== true && !(breaks && waiver !== ''))
            }
          >
            {say('scSubmit')}
          </Button>
          <span role="status">{checking && text !== '' ? say('scChecking') : ''}</span>
        </div>
        {done === '' ? null : (
          <Alert
            role="status"
            type="success"
            showIcon
            title={
              <>
                {say('scSubmitted', { state: done })}{' '}
                <Link to={addressOf('schemas', [written[2] ?? '', written[3] ?? ''])}>{say('open')}</Link>
              </>
            }
          />
        )}
      </form>
      {debounced !== '' && 'fault' in parsed ? (
        <Alert role="alert" type="error" showIcon title={say('scNotJson', { what: parsed.fault })} />
      ) : null}
      {tried.value === undefined || done !== '' ? null : <SchemaTrial tried={tried.value} />}
    </Page>
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
): { readonly document: Schemas['SharedSchema'] } | { readonly fault: string } {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read))
      return { document: read as Schemas['SharedSchema'] };
    return { fault: '{…}' };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : '' };
  }
}
