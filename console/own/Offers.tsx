import type { ReactNode } from 'react';
import { ask, type Schemas } from './ask.ts';
import { Sure } from './Sure.tsx';
import { filled, texts, type Language } from './texts.ts';
import { named, period } from './written.ts';

/** Consents that the person can be asked for, each with its whole notice. Giving one takes as many steps as withdrawing it. */
export function Offers(props: {
  readonly offers: readonly Schemas['ConsentOffer'][];
  readonly language: Language;
  /** true where the person acts for themselves, without a representative */
  readonly self: boolean;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { offers, language, self, done, failed } = props;
  const text = texts[language];
  if (offers.length === 0) return null;
  return (
    <section aria-labelledby="offers">
      <h2 id="offers">{text.offers}</h2>
      {self ? null : <p>{text.self}</p>}
      <ul className="cards">
        {offers.map((one) => {
          const { agreement, dataset, purpose, notice, retention } = one;
          const recipient = named(one.recipient, language);
          const fields = one.fields.map((field) => named(field, language)).join(text.list);
          return (
            <li key={`${agreement} ${dataset} ${purpose}`}>
              <h3>{one.title[language]}</h3>
              <p>{filled(text.gets, { recipient, fields })}</p>
              <p className="small">{filled(text.from, { provider: named(one.provider, language) })}</p>
              <p className="small">
                {retention === undefined
                  ? text.keptOpen
                  : filled(text.kept, { period: period(retention, language) })}
              </p>
              {self ? (
                <Sure
                  label={text.give}
                  about={`${one.title[language]} ${recipient}`}
                  question={
                    <>
                      <h4>{text.notice}</h4>
                      <p className="notice">{notice.text}</p>
                      <p>{text.giveAsk}</p>
                    </>
                  }
                  yes={text.giveSure}
                  no={text.no}
                  act={() =>
                    ask('/v1/own/consents', {
                      agreement,
                      dataset,
                      purpose,
                      notice: notice.digest,
                      language,
                      offer: one.digest,
                    }).then(() => done(text.doneGive), failed)
                  }
                />
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
