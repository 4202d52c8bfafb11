import type { ReactNode } from 'react';
import type { Schemas } from './ask.ts';
import { useTexts } from './reader.ts';
import { filled, type Language } from './texts.ts';
import { named, period } from './written.ts';

/** What a consent to an offer covers: recipient, fields, provider and retention. */
export function OfferedData(props: {
  readonly offer: Schemas['ConsentOffer'];
  readonly language: Language;
}): ReactNode {
  const { offer, language } = props;
  const text = useTexts(language);
  const recipient = named(offer.recipient, language);
  const fields = offer.fields.map((field) => named(field, language)).join(text.list);
  return (
    <>
      <p>{filled(text.gets, { recipient, fields })}</p>
      <p className="small">{filled(text.from, { provider: named(offer.provider, language) })}</p>
      <p className="small">
        {offer.retention === undefined
          ? text.retentionOpen
          : filled(text.retention, { period: period(offer.retention, language) })}
      </p>
    </>
  );
}
