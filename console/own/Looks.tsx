import type { ReactNode } from 'react';
import { missingAboutPerson } from '../../log/missing.ts';
import type { Schemas } from './ask.ts';
import { Objection } from './Objection.tsx';
import { useTexts } from './reader.ts';
import { filled, type Language, type Texts } from './texts.ts';
import { day, named, when } from './written.ts';

/** Shows each access record as a card that is read from top to bottom: who, when, what, why, and the legal basis. */
export function Looks(props: {
  readonly view: Schemas['SubjectView'];
  readonly language: Language;
  readonly older: (() => void) | undefined;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { view, language, older, done, failed } = props;
  const text = useTexts(language);
  return (
    <section aria-labelledby="looks">
      <h2 id="looks">{text.looks}</h2>
      {view.missing === undefined ? null : <p role="alert">{missingAboutPerson(view.missing)[language]}</p>}
      {view.looks.length === 0 && view.missing === undefined ? <p>{text.looksNone}</p> : null}
      <ol className="cards">
        {view.looks.map((look) => (
          <li key={look.exchange}>
            <Look look={look} language={language} />
            {look.outcome === 'answered' && look.purpose !== undefined ? (
              <Objection
                about={`${look.department === undefined ? text.product : named(look.department, language)} ${when(look.at, language)}`}
                of={{ exchange: look.exchange }}
                language={language}
                done={done}
                failed={failed}
              />
            ) : null}
          </li>
        ))}
      </ol>
      {older === undefined ? null : (
        <button type="button" onClick={older}>
          {text.older}
        </button>
      )}
      <p className="small">{text.covered}</p>
      {view.unsearchableYears === undefined ? null : (
        <p className="small">{filled(text.lost, { years: view.unsearchableYears.join(text.list) })}</p>
      )}
    </section>
  );
}

function Look({
  look,
  language,
}: {
  readonly look: Schemas['SubjectLook'];
  readonly language: Language;
}): ReactNode {
  const text = useTexts(language);
  const { basis, fields = [], matter, fact, purpose, dataset } = look;
  const own = /Own/.test(look.operation);
  const by = look.department === undefined ? text.product : named(look.department, language);
  const seen = fields
    .map(
      (field) =>
        `${named(field, language)}${text.open}${field.mask === 'clear' ? text.clear : text.masked}${text.close}`,
    )
    .join(text.list);
  const what = /consent/i.test(look.operation)
    ? text.consented
    : /ticket/i.test(look.operation)
      ? text.objected
      : look.dataset === undefined
        ? text.viewed
        : [
            dataset === undefined ? '' : named(dataset, language),
            fact === undefined ? seen : named(fact, language),
          ]
            .filter((part) => part !== '')
            .join(text.colon);
  const lines: readonly (readonly [string, string])[] = [
    [text.what, what],
    [text.why, purpose === undefined ? '' : named(purpose, language)],
    [
      text.basis,
      basis === undefined ? '' : [text[basis.type], basis.reference, basis.clause].filter(Boolean).join(' '),
    ],
    [text.noticeOwed, noticeIn(look, language, text)],
    [text.matter, matter ?? ''],
  ];
  return (
    <>
      <h3>{own ? `${text.me}${text.open}${by}${text.close}` : by}</h3>
      <p className="when">
        <time dateTime={look.at}>{when(look.at, language)}</time>
        {own && look.outcome === 'answered' ? null : (
          <span className={`outcome ${look.outcome}`}>{text[look.outcome]}</span>
        )}
      </p>
      <dl>
        {lines.map(([name, value]) =>
          value === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
}

/** The law that requires the notice, its deadline, and whether the recipient states that it gave it. */
function noticeIn({ notice }: Schemas['SubjectLook'], language: Language, text: Texts): string {
  if (notice === undefined) return '';
  const { law, clause, until, stated } = notice;
  const by =
    until === undefined
      ? ''
      : filled(stated === true ? text.noticeStated : text.noticeDue, { day: day(until, language) });
  return [[law, clause].filter(Boolean).join(' '), by].filter((part) => part !== '').join(text.semicolon);
}
