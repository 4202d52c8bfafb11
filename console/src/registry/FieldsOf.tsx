import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { FieldTypeText } from './FieldTypeText.tsx';

interface Property {
  readonly 'x-title'?: { readonly zh: string; readonly en: string };
  readonly 'x-sensitivity'?: string;
  readonly 'x-semantic'?: string;
  readonly 'x-code'?: { readonly list?: string };
}

/** The fields, as the text has them. */
export function FieldsOf({ document }: { readonly document: Schemas['SharedSchema'] }): ReactNode {
  const { say, pick } = useWords();
  const { properties = {} } = document as unknown as {
    readonly properties?: Readonly<Record<string, Property>>;
  };
  return (
    <section className="card">
      <h2>{say('fields')}</h2>
      <List<[field: string, Property]>
        label={say('fields')}
        rows={Object.entries(properties)}
        keyOf={([field]) => field}
        answer={{ loading: false }}
        empty={say('none')}
        columns={[
          { title: say('field'), render: (_, [, one]) => pick(one['x-title']) },
          { title: say('codeName'), render: (_, [field]) => <code>{field}</code> },
          {
            title: say('fieldType'),
            render: (_, [, one]) => <FieldTypeText of={one} />,
          },
          { title: say('catSensitivity'), render: (_, [, one]) => one['x-sensitivity'] ?? '—' },
          {
            title: say('catSemantic'),
            render: (_, [, { 'x-semantic': tag }]) =>
              tag === undefined ? '—' : <Link to={addressOf('sources', [tag])}>{tag}</Link>,
          },
          {
            title: say('catCodes'),
            render: (_, [, one]) => {
              const list = one['x-code']?.list?.split(':').at(-1);
              return list === undefined ? '—' : <Link to={addressOf('codes', [list])}>{list}</Link>;
            },
          },
        ]}
      />
    </section>
  );
}
