import type { ReactNode } from 'react';
import type { Schemas } from './ask.ts';
import { useTexts } from './reader.ts';
import { filled, type Language } from './texts.ts';
import { named, when } from './written.ts';

/** Cases about the person that departments work on: what the provider shows of each, and its state. */
export function Cases({
  of,
  language,
  more,
}: {
  readonly of: readonly Schemas['OwnCase'][];
  readonly language: Language;
  /** reads the next page; undefined: there is none */
  readonly more: (() => void) | undefined;
}): ReactNode {
  const text = useTexts(language);
  return (
    <section aria-labelledby="cases">
      <h2 id="cases">{text.cases}</h2>
      <ul className="cards">
        {of.map((one, nth) => (
          <li key={nth}>
            <h3>
              {named(one.dataset, language)}{' '}
              <span className="outcome">{one.stateTitle?.[language] ?? one.state}</span>
            </h3>
            <dl>
              {one.fields.map(({ title, value }) => (
                <div key={title.zh}>
                  <dt>{title[language]}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            <p className="small">
              {filled(one.closed ? text.caseClosed : text.caseOpen, {
                provider: named(one.provider, language),
                opened: when(one.opened, language),
                since: when(one.since, language),
              })}
            </p>
          </li>
        ))}
      </ul>
      {more === undefined ? null : (
        <button type="button" onClick={more}>
          {text.moreCases}
        </button>
      )}
    </section>
  );
}
