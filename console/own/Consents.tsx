import type { ReactNode } from 'react';
import { ask, type Schemas } from './ask.ts';
import { Sure } from './Sure.tsx';
import { filled, texts, type Language } from './texts.ts';
import { period, when } from './written.ts';

/** Consents that the person gave, each with a button to withdraw it. */
export function Consents(props: {
  readonly view: Schemas['SubjectView'];
  readonly language: Language;
  readonly nameOf: (code: string) => string;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { view, language, nameOf, done, failed } = props;
  const text = texts[language];
  return (
    <section aria-labelledby="consents">
      <h2 id="consents">{text.consents}</h2>
      {view.consents.length === 0 ? <p>{text.consentsNone}</p> : null}
      <ul className="cards">
        {view.consents.map((one) => (
          <li key={one.id}>
            <h3>
              {nameOf(one.recipient)} <span className={`outcome ${one.state}`}>{text[one.state]}</span>
            </h3>
            <p>
              {filled(text.gets, {
                recipient: nameOf(one.recipient),
                fields: one.fields.map(nameOf).join(text.list),
              })}
            </p>
            <p className="small">
              {filled(text.from, { provider: nameOf(one.provider) })} · {text.until}{' '}
              {when(one.expires, language)}
            </p>
            {one.retention === undefined ? null : (
              <p className="small">{filled(text.kept, { period: period(one.retention, language) })}</p>
            )}
            {one.assurance === undefined ? null : <p className="small">{text[one.assurance]}</p>}
            {one.state === 'given' ? (
              <Sure
                label={text.withdraw}
                about={nameOf(one.recipient)}
                question={<p>{filled(text.withdrawAsk, { recipient: nameOf(one.recipient) })}</p>}
                yes={text.withdrawSure}
                no={text.no}
                act={() =>
                  ask(`/v1/own/consents/${encodeURIComponent(one.id)}/withdrawal`, {}).then(
                    () => done(text.doneWithdraw),
                    failed,
                  )
                }
              />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
