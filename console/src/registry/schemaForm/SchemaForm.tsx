import { Button, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { isFieldName } from '../../../../terms/fieldName.ts';
import type { Schemas } from '../../api/call.ts';
import { labelled } from '../../parts/labelled.ts';
import { Select } from '../../parts/Select.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { useWords } from '../../words/words.ts';
import { classes, levels } from './choices.ts';
import { FieldDetails } from './FieldDetails.tsx';
import { Others } from './Others.tsx';
import {
  fieldKinds,
  fieldsOf,
  headOf,
  renamed,
  withField,
  withHead,
  withNewField,
  type FieldChange,
  type FormField,
} from './schemaForm.ts';

type Document = Schemas['SharedSchema'];
type Finding = Schemas['SchemaTried']['findings'][number];

/**
 * A schema as a form: its head, and a grid with one row for each field. The document is the only state: an edit makes another document.
 * @param isFirst the name of the schema can be chosen
 * @param findings what the hub found in this document
 */
export function SchemaForm(props: {
  readonly document: Document;
  readonly isFirst: boolean;
  readonly findings: readonly Finding[];
  readonly set: (document: Document) => void;
}): ReactNode {
  const { document, isFirst, findings, set } = props;
  const { say } = useWords();
  return (
    <div className="form">
      <Head document={document} isFirst={isFirst} set={set} />
      <Fields document={document} findings={findings} set={set} />
      <div className="row-form">
        <Button onClick={() => set(withNewField(document))}>{say('sfAdd')}</Button>
      </div>
    </div>
  );
}

function Head(props: {
  readonly document: Document;
  readonly isFirst: boolean;
  readonly set: (document: Document) => void;
}): ReactNode {
  const { document, isFirst, set } = props;
  const { say } = useWords();
  const head = headOf(document);
  const { title } = head;
  const change = (to: Parameters<typeof withHead>[1]): void => set(withHead(document, to));
  return (
    <>
      <div className="row-form">
        {isFirst ? (
          <TextField
            label={say('sfName')}
            hint={say('sfNameHint')}
            maxLength={60}
            value={head.name}
            set={(name) => change({ name: name.replaceAll(':', '') })}
          />
        ) : null}
        <TextField
          label={say('sfVersion')}
          hint={say('sfVersionHint')}
          maxLength={10}
          value={head.version}
          set={(version) => change({ version: version.replaceAll(':', '') })}
        />
        <Select
          label={say('sfClass')}
          value={head.class}
          set={(to) => change({ class: to })}
          options={[
            ...(head.class === '' ? [{ value: '', text: say('sfNone') }] : []),
            ...classes.map((value) => ({ value, text: say(`sc_${value}`) })),
          ]}
        />
      </div>
      <div className="row-form">
        <TextField
          label={say('sfTitleZh')}
          maxLength={200}
          value={title.zh}
          set={(zh) => change({ title: { ...title, zh } })}
        />
        <TextField
          label={say('sfTitleEn')}
          maxLength={200}
          value={title.en}
          set={(en) => change({ title: { ...title, en } })}
        />
      </div>
      <Others of={head.others} />
    </>
  );
}

function Fields(props: {
  readonly document: Document;
  readonly findings: readonly Finding[];
  readonly set: (document: Document) => void;
}): ReactNode {
  const { document, findings, set } = props;
  const { say, pick } = useWords();
  const [open, setOpen] = useState('');
  const rows = fieldsOf(document).map((field, place) => ({ ...field, place }));
  const names = new Set(rows.map(({ name }) => name));
  const change = (name: string, to: FieldChange): void => set(withField(document, name, to));
  const rename = (from: string, to: string): void => {
    set(renamed(document, from, to));
    if (open === from) setOpen(to);
  };
  const labelOf = ({ name, title }: FormField, what: string): string =>
    `${pick(title) || name}${say('pointColon')}${what}`;
  return (
    <Table<FormField & { readonly place: number }>
      aria-label={say('sfFields')}
      className="grid-form"
      size="small"
      pagination={false}
      // by place: a name changes while it is typed
      rowKey={({ place }) => place}
      dataSource={rows}
      locale={{ emptyText: say('sfNoFields') }}
      expandable={{
        showExpandColumn: false,
        expandedRowKeys: rows.filter(({ name }) => name === open).map(({ place }) => place),
        expandedRowRender: (field) => (
          <FieldDetails field={field} document={document} set={set} change={(to) => change(field.name, to)} />
        ),
      }}
      columns={labelled<FormField & { readonly place: number }>([
        {
          title: say('sfFieldCode'),
          render: (_, field) => (
            <>
              <NameInput
                field={field}
                names={names}
                label={labelOf(field, say('sfFieldCode'))}
                set={rename}
              />
              <Wrong findings={findings} name={field.name} />
            </>
          ),
        },
        {
          title: say('sfTitleZh'),
          render: (_, field) => (
            <input
              aria-label={labelOf(field, say('sfTitleZh'))}
              maxLength={200}
              value={field.title.zh}
              onChange={({ target }) => change(field.name, { title: { ...field.title, zh: target.value } })}
            />
          ),
        },
        {
          title: say('fieldType'),
          render: (_, field) => (
            <Select
              bare
              label={labelOf(field, say('fieldType'))}
              value={field.kind}
              disabled={field.kind === 'other'}
              set={(kind) => change(field.name, { kind: kind as FormField['kind'] })}
              options={[
                ...(field.kind === 'other' ? [{ value: 'other', text: say('vk_other') }] : []),
                ...fieldKinds.map((value) => ({ value, text: say(`vk_${value}`) })),
              ]}
            />
          ),
        },
        {
          title: say('sfRequired'),
          render: (_, field) => (
            <input
              type="checkbox"
              aria-label={labelOf(field, say('sfRequired'))}
              checked={field.isRequired}
              disabled={field.isKey}
              onChange={({ target }) => change(field.name, { isRequired: target.checked })}
            />
          ),
        },
        {
          title: say('catSensitivity'),
          render: (_, field) => (
            <Select
              bare
              label={labelOf(field, say('catSensitivity'))}
              value={field.sensitivity}
              set={(sensitivity) => change(field.name, { sensitivity })}
              options={[{ value: '', text: '—' }, ...levels.map((value) => ({ value, text: value }))]}
            />
          ),
        },
        {
          title: say('actions'),
          render: (_, field) => (
            <Button
              size="small"
              aria-expanded={open === field.name}
              aria-label={labelOf(field, say(open === field.name ? 'sfLess' : 'sfMore'))}
              onClick={() => setOpen(open === field.name ? '' : field.name)}
            >
              {say(open === field.name ? 'sfLess' : 'sfMore')}
            </Button>
          ),
        },
      ])}
    />
  );
}

/** The name of a field: it is changed when what is typed is a name that no other field has. */
function NameInput(props: {
  readonly field: FormField;
  readonly names: ReadonlySet<string>;
  readonly label: string;
  readonly set: (from: string, to: string) => void;
}): ReactNode {
  const { field, names, label, set } = props;
  const { name } = field;
  const { say } = useWords();
  const [typed, setTyped] = useState({ of: name, text: name });
  const text = typed.of === name ? typed.text : name;
  const fits = (one: string): boolean => one === name || (isFieldName(one) && !names.has(one));
  return (
    <>
      <input
        className="code"
        aria-label={label}
        aria-invalid={!fits(text)}
        maxLength={63}
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          const to = target.value;
          setTyped({ of: fits(to) ? to : name, text: to });
          if (fits(to) && to !== name) set(name, to);
        }}
      />
      {fits(text) ? null : (
        <div role="status" className="wrong">
          {say('sfNameTaken')}
        </div>
      )}
    </>
  );
}

/** What the hub found at a field and within it. */
function Wrong({
  findings,
  name,
}: {
  readonly findings: readonly Finding[];
  readonly name: string;
}): ReactNode {
  const { pick } = useWords();
  const place = `/properties/${name}`;
  const found = findings.filter(({ pointer = '' }) => pointer === place || pointer.startsWith(`${place}/`));
  return found.map(({ code, pointer, message, mend }) => (
    <div key={`${code} ${pointer} ${message.en}`} className="wrong" title={pick(mend)}>
      ✘ {pick(message)}
    </div>
  ));
}
